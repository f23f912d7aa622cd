package io.tidegate.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The server's frames in a stream of bytes (RFC 6455, section 5.2: final and unmasked). */
final class ServerBytes {
    private byte[] bytes = {};
    private int consumed;

    /** One whole frame. */
    record Frame(int opcode, byte[] payload) {
        String text() {
            return new String(payload, UTF_8);
        }

        int closeCode() {
            return payload.length < 2 ? 1005 : (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
        }
    }

    void add(byte[] more) {
        int before = bytes.length;
        bytes = Arrays.copyOf(bytes, before + more.length);
        System.arraycopy(more, 0, bytes, before, more.length);
    }

    /** The next frame, if all of it is there. */
    @Nullable
    Frame next() {
        if (bytes.length < 2) {
            return null;
        }
        int length = bytes[1] & 0x7F;
        int at = 2;
        if (length == 126) {
            if (bytes.length < 4) {
                return null;
            }
            length = (bytes[2] & 0xFF) << 8 | (bytes[3] & 0xFF);
            at = 4;
        } else if (length == 127) {
            if (bytes.length < 10) {
                return null;
            }
            length = 0;
            for (int i = 2; i < 10; i++) {
                length = length << 8 | (bytes[i] & 0xFF);
            }
            at = 10;
        }
        if (bytes.length < at + length) {
            return null;
        }
        Frame frame = new Frame(bytes[0] & 0x0F, Arrays.copyOfRange(bytes, at, at + length));
        bytes = Arrays.copyOfRange(bytes, at + length, bytes.length);
        consumed += at + length;
        return frame;
    }

    /** Bytes that left as frames since the last call. */
    int consumed() {
        int taken = consumed;
        consumed = 0;
        return taken;
    }
}
