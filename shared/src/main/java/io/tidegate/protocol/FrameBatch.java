package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whole WebSocket frames in the server's form (RFC 6455, section 5.2: final, unmasked), ready for a socket. They are
 * framed once and compressed once, and shared by all connections that get them.
 */
public final class FrameBatch {
    /**
     * The same frames compressed (RFC 7692).
     *
     * @param frames frames that would not become smaller are uncompressed
     * @param longest the uncompressed size of the longest compressed frame in bytes: the compressor looks back no further
     */
    public record Compressed(FrameBatch frames, int longest) {}

    /** The first reserved bit, which marks a compressed message. */
    private static final int RSV1 = 0x40;

    /** The bit that the opcodes of control frames have. Control frames are never compressed (RFC 7692, section 6.1). */
    private static final int CONTROL = 0x08;

    private static final int FIN = 0x80;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private final byte[] bytes;
    private final int frames;

    /** Made by the first thread that needs it. Another thread that needs it meanwhile waits. */
    private volatile @Nullable Compressed compressed;

    private FrameBatch(byte[] bytes, int frames) {
        this.bytes = bytes;
        this.frames = frames;
    }

    /** One frame. */
    public static FrameBatch of(Opcode opcode, byte[] payload) {
        byte[] bytes = new byte[frameLength(payload)];
        put(bytes, 0, opcode, payload);
        return new FrameBatch(bytes, 1);
    }

    /** A data frame for each message, in order. */
    public static FrameBatch of(List<Message> messages) {
        int length = 0;
        for (Message message : messages) {
            length += frameLength(message.payload());
        }
        byte[] bytes = new byte[length];
        int at = 0;
        for (Message message : messages) {
            at = put(bytes, at, message.opcode(), message.payload());
        }
        return new FrameBatch(bytes, messages.size());
    }

    /** One text frame of JSON. */
    public static FrameBatch of(ServerFrame frame) {
        return of(Opcode.TEXT, ServerFrameJson.encode(frame));
    }

    /**
     * A close frame (RFC 6455, section 5.5.1).
     *
     * @param code the status code
     * @param reason cut, between two characters, to the 123 bytes that fit
     */
    public static FrameBatch close(int code, String reason) {
        byte[] text = reason.getBytes(UTF_8);
        int length = Math.min(text.length, 123);
        while (length < text.length && (text[length] & 0xC0) == 0x80) {
            length--;
        }
        byte[] payload = new byte[2 + length];
        payload[0] = (byte) (code >>> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, length);
        return of(Opcode.CLOSE, payload);
    }

    /** Joins these batches, in order. Returns the batch itself where there is only one. */
    public static FrameBatch join(List<FrameBatch> batches) {
        if (batches.size() == 1) {
            return batches.getFirst();
        }
        int length = 0;
        int frames = 0;
        for (FrameBatch batch : batches) {
            length += batch.bytes.length;
            frames += batch.frames;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (FrameBatch batch : batches) {
            System.arraycopy(batch.bytes, 0, joined, at, batch.bytes.length);
            at += batch.bytes.length;
        }
        return new FrameBatch(joined, frames);
    }

    /**
     * The same frames compressed. The first call compresses them.
     *
     * @param compression of one payload
     */
    public Compressed compressed(PayloadCompression compression) {
        Compressed present = compressed;
        return present == null ? compressOnce(compression) : present;
    }

    private synchronized Compressed compressOnce(PayloadCompression compression) {
        Compressed present = compressed;
        if (present == null) {
            present = compress(compression);
            compressed = present;
        }
        return present;
    }

    private Compressed compress(PayloadCompression compression) {
        byte[] out = new byte[bytes.length + PayloadCompression.SLACK];
        int at = 0;
        int size = 0;
        int longest = 0;
        while (at < bytes.length) {
            int header = headerLength(at);
            int length = payloadLength(at);
            int payload = at + header;
            int smaller = (bytes[at] & CONTROL) != 0
                    ? PayloadCompression.NOT_SMALLER
                    : compression.compress(bytes, payload, length, out, size + header);
            if (smaller == PayloadCompression.NOT_SMALLER) {
                System.arraycopy(bytes, at, out, size, header + length);
                size += header + length;
            } else {
                int from = size + header;
                size = putHeader(out, size, bytes[at] | RSV1, smaller);
                System.arraycopy(out, from, out, size, smaller);
                size += smaller;
                longest = Math.max(longest, length);
            }
            at = payload + length;
        }
        return longest == 0
                ? new Compressed(this, 0)
                : new Compressed(new FrameBatch(Arrays.copyOf(out, size), frames), longest);
    }

    /** The size of the header of the frame at this index. */
    private int headerLength(int frame) {
        return switch (bytes[frame + 1]) {
            case LENGTH_16 -> 4;
            case LENGTH_64 -> 10;
            default -> 2;
        };
    }

    private int payloadLength(int frame) {
        int header = headerLength(frame);
        if (header == 2) {
            return bytes[frame + 1];
        }
        int length = 0;
        for (int i = frame + 2; i < frame + header; i++) {
            length = (length << 8) | (bytes[i] & 0xFF);
        }
        return length;
    }

    /** The frames, one after the other. Nobody may change them. */
    public byte[] bytes() {
        return bytes;
    }

    /** The number of frames. */
    public int frames() {
        return frames;
    }

    /** The size in bytes. */
    public int length() {
        return bytes.length;
    }

    /** Contains nothing that differs from run to run, because a simulation prints its events with it. */
    @Override
    public String toString() {
        return "FrameBatch[frames=" + frames + ", length=" + bytes.length + "]";
    }

    private static int frameLength(byte[] payload) {
        int header = payload.length < LENGTH_16 ? 2 : payload.length < 1 << 16 ? 4 : 10;
        return header + payload.length;
    }

    private static int put(byte[] out, int start, Opcode opcode, byte[] payload) {
        int at = putHeader(out, start, FIN | opcode.code(), payload.length);
        System.arraycopy(payload, 0, out, at, payload.length);
        return at + payload.length;
    }

    private static int putHeader(byte[] out, int start, int first, int length) {
        int at = start;
        out[at++] = (byte) first;
        if (length < LENGTH_16) {
            out[at++] = (byte) length;
        } else if (length < 1 << 16) {
            out[at++] = LENGTH_16;
            out[at++] = (byte) (length >>> 8);
            out[at++] = (byte) length;
        } else {
            out[at++] = LENGTH_64;
            for (int shift = 56; shift >= 0; shift -= 8) {
                out[at++] = (byte) ((long) length >>> shift);
            }
        }
        return at;
    }
}
