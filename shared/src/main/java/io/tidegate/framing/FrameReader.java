package io.tidegate.framing;

import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of a server's connection (RFC 6455, section 5): makes whole messages and control frames from bytes as
 * they arrive. Used by one thread.
 *
 * <p>Each rule is checked as soon as the byte that breaks it has arrived. Examples are bad UTF-8 in the middle of a
 * frame, and a message that is too large according to a header.
 *
 * <p>Memory: between messages the reader holds nothing. Inside a message it holds at most two and a half times what has
 * arrived of the message, and never more than the largest message, whatever a header promises. A payload that is
 * completely in one chunk is copied once. A buffer grows by doubling, so bytes that arrive one by one cost linear time at
 * most.
 *
 * <p>One class, although long: every rule of RFC 6455, section 5, is checked on the same frame that is being read.
 */
public final class FrameReader {
    private static final int FIN = 0x80;
    private static final int RESERVED = 0x70;

    /** The first reserved bit, which marks a compressed message (RFC 7692, section 6). */
    private static final int COMPRESSED = 0x40;

    private static final int MASKED = 0x80;
    private static final int LENGTH_7_MAX = 125;
    private static final int LENGTH_16 = 126;
    private static final byte[] NOTHING = {};

    private final ByteSource source;
    private final int maxMessage;
    private final @Nullable Decompression decompression;

    /**
     * Bytes that have arrived and are not read yet. The chunk is dropped when it is read, so that no memory is held while
     * the reader waits.
     */
    private byte[] chunk = NOTHING;

    private int at;

    // The current frame.
    private boolean fin;
    private boolean reserved;
    private Opcode opcode = Opcode.CONTINUATION;
    private long length;
    private int key;

    // The current message; kind is null where there is none.
    private @Nullable Opcode kind;
    private boolean compressed;
    private byte[] message = NOTHING;
    private int size;
    private int utf8 = Utf8.WHOLE;

    private @Nullable Inbound last;

    /** A reader at the start of a connection's frames, without compression. */
    public FrameReader(ByteSource source, int maxMessage) {
        this(source, maxMessage, null);
    }

    /**
     * A reader at the start of a connection's frames, which may be compressed.
     *
     * @param source called only when all earlier bytes are read; its exceptions are passed on
     * @param maxMessage the size of the largest message in bytes: all fragments together, inflated if the message is
     *     compressed
     * @param decompression for compressed messages; null where the handshake has not agreed on compression
     */
    public FrameReader(ByteSource source, int maxMessage, @Nullable Decompression decompression) {
        this.source = source;
        this.maxMessage = maxMessage;
        this.decompression = decompression;
    }

    /**
     * Blocks until a whole message or control frame, or a violation, has arrived. After a close frame, a violation or the
     * end of the stream nothing more is read, and the result stays the same.
     */
    public Inbound next() {
        Inbound inbound = last;
        while (inbound == null) {
            inbound = header();
            if (inbound == null) {
                inbound = opcode.isControl() ? control() : data();
            }
        }
        if (at == chunk.length) {
            chunk = NOTHING;
            at = 0;
        }
        return inbound;
    }

    /** Whether all bytes that have arrived are read, so that the next frame begins with a call of the source. */
    public boolean isEmpty() {
        return at == chunk.length;
    }

    /** Reads a frame's header (section 5.2); null where the header is valid. */
    private @Nullable Inbound header() {
        int first = read();
        if (first < 0) {
            return end();
        }
        reserved = (first & RESERVED) != 0;
        if (reserved && !((first & RESERVED) == COMPRESSED && decompression != null)) {
            return protocolError("reserved bit set");
        }
        Opcode announced = Opcode.of(first);
        if (announced == null) {
            return protocolError("reserved opcode");
        }
        opcode = announced;
        fin = (first & FIN) != 0;
        if (opcode.isControl() && !fin) {
            return protocolError("fragmented control frame");
        }
        if (reserved && (opcode.isControl() || opcode == Opcode.CONTINUATION)) {
            return protocolError("compression bit in a frame that is not the first of its message");
        }
        if (opcode == Opcode.CONTINUATION && kind == null) {
            return protocolError("continuation without a first frame");
        }
        if (!opcode.isControl() && opcode != Opcode.CONTINUATION && kind != null) {
            return protocolError("new message inside a fragmented one");
        }

        int second = read();
        if (second < 0) {
            return end();
        }
        if ((second & MASKED) == 0) {
            return protocolError("frame not masked");
        }
        length = second & ~MASKED;
        if (opcode.isControl() && length > LENGTH_7_MAX) {
            return protocolError("control frame over 125 bytes");
        }
        if (length > LENGTH_7_MAX) {
            Inbound wrong = length == LENGTH_16 ? longer(2, LENGTH_16) : longer(8, 1 << 16);
            if (wrong != null) {
                return wrong;
            }
        }
        if (!opcode.isControl()) {
            if (kind == null) {
                kind = opcode;
                compressed = reserved;
            }
            if (length > most() - size) {
                return tooLarge();
            }
        }
        return key();
    }

    private Inbound tooLarge() {
        return violation(CloseCode.TOO_LARGE, "message over " + maxMessage + " bytes");
    }

    /** The largest size of this message on the wire, in bytes. */
    private int most() {
        return compressed ? Inflation.most(maxMessage) : maxMessage;
    }

    /**
     * Reads a length of several bytes. A shorter length in that form is an error, because section 5.2 asks for the
     * shortest form.
     */
    private @Nullable Inbound longer(int bytes, int least) {
        length = 0;
        for (int i = 0; i < bytes; i++) {
            int next = read();
            if (next < 0) {
                return end();
            }
            length = length << 8 | next;
        }
        // A length with its highest bit set, which is also forbidden, is negative here.
        return length < least ? protocolError("malformed length") : null;
    }

    private @Nullable Inbound key() {
        key = 0;
        for (int i = 0; i < 4; i++) {
            int next = read();
            if (next < 0) {
                return end();
            }
            key |= next << (8 * i);
        }
        return null;
    }

    /** Reads a data frame's payload (section 5.4); null where the message continues in another frame. */
    private @Nullable Inbound data() {
        int end = size + (int) length;
        while (size < end) {
            if (!fill()) {
                return end();
            }
            int part = Math.min(end - size, chunk.length - at);
            makeRoom(size + part, fin ? end : most());
            boolean ascii = Mask.remove(key, chunk, at, message, size, part);
            if (kind == Opcode.TEXT && !compressed && !(ascii && utf8 == Utf8.WHOLE)) {
                utf8 = Utf8.check(utf8, message, size, size + part);
                if (utf8 == Utf8.INVALID) {
                    return violation(CloseCode.INVALID_UTF8, CloseCode.INVALID_UTF8.reason());
                }
            }
            key = Mask.after(key, part);
            at += part;
            size += part;
        }
        if (!fin) {
            return null;
        }
        if (utf8 != Utf8.WHOLE) {
            return violation(CloseCode.INVALID_UTF8, "text ends inside a character");
        }
        return compressed ? inflated() : whole(size == message.length ? message : Arrays.copyOf(message, size));
    }

    private Inbound whole(byte[] payload) {
        Inbound data = new Inbound.Data(new Message(Objects.requireNonNull(kind), payload));
        forget();
        return data;
    }

    /** Inflates the message, which can be checked only now. */
    private Inbound inflated() {
        byte[] payload;
        try {
            payload = Objects.requireNonNull(decompression).inflate(message, size, maxMessage);
        } catch (DataFormatException e) {
            return violation(CloseCode.INVALID_UTF8, "the message is not compressed as RFC 7692 says");
        }
        if (payload == null) {
            return tooLarge();
        }
        if (kind == Opcode.TEXT && Utf8.check(Utf8.WHOLE, payload, 0, payload.length) != Utf8.WHOLE) {
            return violation(CloseCode.INVALID_UTF8, CloseCode.INVALID_UTF8.reason());
        }
        return whole(payload);
    }

    /**
     * Makes the buffer twice as large. The buffer gets larger than that where the double is too small or nearly the
     * limit.
     *
     * @param limit the size that the message cannot exceed, as far as is known
     */
    private void makeRoom(int needed, int limit) {
        if (needed > message.length) {
            long doubled = 2L * message.length;
            long room = limit - doubled < doubled / 4 ? limit : doubled;
            message = Arrays.copyOf(message, (int) Math.max(needed, room));
        }
    }

    /** Reads a control frame's payload (section 5.5). */
    private Inbound control() {
        byte[] payload = new byte[(int) length];
        int read = 0;
        while (read < payload.length) {
            if (!fill()) {
                return end();
            }
            int part = Math.min(payload.length - read, chunk.length - at);
            Mask.remove(key, chunk, at, payload, read, part);
            key = Mask.after(key, part);
            at += part;
            read += part;
        }
        return switch (opcode) {
            case PING -> new Inbound.Ping(payload);
            case PONG -> new Inbound.Pong(payload);
            case CLOSE -> finish(CloseBody.read(payload));
            case CONTINUATION, TEXT, BINARY -> throw new IllegalStateException(opcode + " is no control frame");
        };
    }

    /** The next byte, or -1 at the end of the stream. */
    private int read() {
        return fill() ? chunk[at++] & 0xFF : -1;
    }

    /** Waits until there is a byte; false at the end of the stream. */
    private boolean fill() {
        while (at == chunk.length) {
            chunk = NOTHING;
            at = 0;
            byte[] next = source.next();
            if (next == null) {
                return false;
            }
            chunk = next;
        }
        return true;
    }

    private Inbound protocolError(String reason) {
        return violation(CloseCode.PROTOCOL_ERROR, reason);
    }

    private Inbound violation(CloseCode code, String reason) {
        boolean closed =
                opcode == Opcode.CLOSE || LingeringClose.endsWithClose(Arrays.copyOfRange(chunk, at, chunk.length));
        return finish(new Inbound.Violation(code, reason, closed));
    }

    private Inbound end() {
        return finish(new Inbound.End());
    }

    private Inbound finish(Inbound end) {
        last = end;
        chunk = NOTHING;
        at = 0;
        forget();
        return end;
    }

    private void forget() {
        kind = null;
        compressed = false;
        message = NOTHING;
        size = 0;
        utf8 = Utf8.WHOLE;
    }
}
