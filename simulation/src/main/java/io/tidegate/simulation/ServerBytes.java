package io.tidegate.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Opcode;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The server's frames in a stream of bytes (RFC 6455, section 5.2: final and unmasked). */
final class ServerBytes {
    private byte[] bytes = {};

    /** The position of the next frame. */
    private int from;

    /** The number of bytes of the incomplete frame that the client has in its own memory. */
    private int held;

    private int consumed;

    /** One whole frame. */
    record Frame(Opcode opcode, byte[] payload) {
        String text() {
            return new String(payload, UTF_8);
        }

        int closeCode() {
            return payload.length < 2 ? 1005 : (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
        }
    }

    void add(byte[] more) {
        int left = bytes.length - from;
        byte[] all = Arrays.copyOfRange(bytes, from, bytes.length + more.length);
        System.arraycopy(more, 0, all, left, more.length);
        bytes = all;
        from = 0;
    }

    /** The next frame, if it is complete. */
    @Nullable
    Frame next() {
        int there = bytes.length - from;
        int first = there < 2 ? 0 : bytes[from + 1] & 0x7F;
        int header = first == 127 ? 10 : first == 126 ? 4 : 2;
        if (there < header) {
            return null;
        }
        int length = header == 2 ? first : 0;
        for (int i = 2; i < header; i++) {
            length = length << 8 | (bytes[from + i] & 0xFF);
        }
        if (there < header + length) {
            return null;
        }
        int begin = from + header;
        Frame frame = new Frame(
                Objects.requireNonNull(Opcode.of(bytes[from])), Arrays.copyOfRange(bytes, begin, begin + length));
        from = begin + length;
        consumed += Math.max(0, header + length - held);
        held = Math.max(0, held - header - length);
        return frame;
    }

    /** The client moves the available part of the next frame into its own memory. */
    void hold() {
        int there = bytes.length - from;
        consumed += there - held;
        held = there;
    }

    /** The number of bytes that left the socket after the last call. */
    int consumed() {
        int taken = consumed;
        consumed = 0;
        return taken;
    }
}
