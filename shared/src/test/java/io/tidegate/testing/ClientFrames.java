package io.tidegate.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Opcode;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A client's frames as bytes (RFC 6455, section 5): right ones by the short methods, wrong ones by {@link #frame} and the
 * switches of {@link Frame}.
 */
public final class ClientFrames {

    /** The masking key of the RFC's own examples (section 5.7). */
    public static final int KEY = 0x37FA213D;

    private ClientFrames() {}

    /** A whole text message in one frame. */
    public static byte[] text(String text) {
        return frame(Opcode.TEXT, text.getBytes(UTF_8)).bytes();
    }

    /** A whole binary message in one frame. */
    public static byte[] binary(byte[] payload) {
        return frame(Opcode.BINARY, payload).bytes();
    }

    /** A ping. */
    public static byte[] ping(String payload) {
        return frame(Opcode.PING, payload.getBytes(UTF_8)).bytes();
    }

    /** A pong. */
    public static byte[] pong(String payload) {
        return frame(Opcode.PONG, payload.getBytes(UTF_8)).bytes();
    }

    /** A close frame without a body. */
    public static byte[] close() {
        return frame(Opcode.CLOSE, new byte[0]).bytes();
    }

    /** A close frame with whatever code and reason. */
    public static byte[] close(int code, String reason) {
        return close(code, reason.getBytes(UTF_8));
    }

    /** A close frame whose reason is whatever bytes. */
    public static byte[] close(int code, byte[] reason) {
        byte[] codeBytes = {(byte) (code >>> 8), (byte) code};
        return frame(Opcode.CLOSE, join(codeBytes, reason)).bytes();
    }

    /**
     * A message in fragments (section 5.4).
     *
     * @param cuts where one fragment ends and the next begins, ascending; the same place twice makes an empty one
     */
    public static byte[][] fragments(Opcode opcode, byte[] payload, int... cuts) {
        byte[][] frames = new byte[cuts.length + 1][];
        for (int i = 0; i <= cuts.length; i++) {
            int from = i == 0 ? 0 : cuts[i - 1];
            int to = i == cuts.length ? payload.length : cuts[i];
            Frame frame = frame(i == 0 ? opcode : Opcode.CONTINUATION, Arrays.copyOfRange(payload, from, to));
            frames[i] = (i == cuts.length ? frame : frame.unfinished()).bytes();
        }
        return frames;
    }

    /** One frame with nothing wrong, to be made wrong. */
    public static Frame frame(Opcode opcode, byte[] payload) {
        return frame(opcode.code(), payload);
    }

    /** One frame of any opcode, reserved ones too. */
    public static Frame frame(int opcode, byte[] payload) {
        return new Frame(true, 0, opcode, true, KEY, Frame.shortest(payload.length), payload.length, payload);
    }

    /** Bytes in a row. */
    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Bytes written as hexadecimal digits, with blanks between or without. */
    public static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    /**
     * One frame, part by part.
     *
     * @param fin whether it is the message's last
     * @param reserved the bits RSV1 to RSV3 as a number from 0 to 7
     * @param opcode four bits
     * @param masked whether there is a key and the payload is masked
     * @param key the masking key, its first byte highest
     * @param lengthBytes of the extended length: 0, 2 or 8
     * @param length as the header says it
     * @param payload before masking
     */
    public record Frame(
            boolean fin,
            int reserved,
            int opcode,
            boolean masked,
            int key,
            int lengthBytes,
            long length,
            byte[] payload) {

        /** More of the message follows. */
        public Frame unfinished() {
            return new Frame(false, reserved, opcode, masked, key, lengthBytes, length, payload);
        }

        /** With RSV bits: 4 is RSV1, 2 is RSV2, 1 is RSV3. */
        public Frame reserved(int bits) {
            return new Frame(fin, bits, opcode, masked, key, lengthBytes, length, payload);
        }

        /** As only a server may send it. */
        public Frame unmasked() {
            return new Frame(fin, reserved, opcode, false, key, lengthBytes, length, payload);
        }

        /** Masked with this key. */
        public Frame key(int other) {
            return new Frame(fin, reserved, opcode, masked, other, lengthBytes, length, payload);
        }

        /** The length in 16 bits, needed or not. */
        public Frame length16() {
            return new Frame(fin, reserved, opcode, masked, key, 2, length, payload);
        }

        /** The length in 64 bits, needed or not. */
        public Frame length64() {
            return new Frame(fin, reserved, opcode, masked, key, 8, length, payload);
        }

        /** The header says another length than the payload has, in the shortest form. */
        public Frame announcing(long other) {
            return new Frame(fin, reserved, opcode, masked, key, shortest(other), other, payload);
        }

        /** The header alone: 2 to 14 bytes. */
        public byte[] header() {
            byte[] header = new byte[2 + lengthBytes + (masked ? 4 : 0)];
            header[0] = (byte) ((fin ? 0x80 : 0) | reserved << 4 | opcode);
            int seven = lengthBytes == 0 ? (int) length : lengthBytes == 2 ? 126 : 127;
            header[1] = (byte) ((masked ? 0x80 : 0) | seven);
            for (int i = 0; i < lengthBytes; i++) {
                header[2 + i] = (byte) (length >>> (8 * (lengthBytes - 1 - i)));
            }
            for (int i = 0; masked && i < 4; i++) {
                header[2 + lengthBytes + i] = keyByte(i);
            }
            return header;
        }

        /** The whole frame. */
        public byte[] bytes() {
            byte[] body = payload.clone();
            for (int i = 0; masked && i < body.length; i++) {
                body[i] ^= keyByte(i);
            }
            return join(header(), body);
        }

        private byte keyByte(int i) {
            return (byte) (key >>> (24 - 8 * (i & 3)));
        }

        private static int shortest(long length) {
            return length < 126 && length >= 0 ? 0 : length < 1 << 16 && length >= 0 ? 2 : 8;
        }
    }
}
