package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * Whole WebSocket frames in the server's form (RFC 6455, section 5.2: final, unmasked), ready for a socket. Framed once
 * and shared by every connection that gets them.
 *
 * @param bytes the frames, one after the other; not to be changed by anyone
 * @param frames how many they are
 */
public record FrameBatch(byte[] bytes, int frames) {

    private static final int FIN = 0x80;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

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
     * @param reason cut, at a character, to the 123 bytes that fit
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

    /** These batches as one, in order; the batch itself where there is only one. */
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

    /** Bytes on the socket. */
    public int length() {
        return bytes.length;
    }

    private static int frameLength(byte[] payload) {
        int header = payload.length < LENGTH_16 ? 2 : payload.length < 1 << 16 ? 4 : 10;
        return header + payload.length;
    }

    private static int put(byte[] out, int start, Opcode opcode, byte[] payload) {
        int at = start;
        int length = payload.length;
        out[at++] = (byte) (FIN | opcode.code());
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
        System.arraycopy(payload, 0, out, at, length);
        return at + length;
    }
}
