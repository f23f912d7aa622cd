package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;

/**
 * A message between nodes: one byte of opcode, eight bytes of time (big-endian), then the payload.
 *
 * @param sentMicros when the message was published, in microseconds since 1970, by its publisher's clock
 */
record Envelope(Message message, long sentMicros) {
    private static final int HEADER = 1 + Long.BYTES;

    /** The encoded bytes. */
    byte[] encode() {
        byte[] payload = message.payload();
        return ByteBuffer.allocate(HEADER + payload.length)
                .put((byte) message.opcode().code())
                .putLong(sentMicros)
                .put(payload)
                .array();
    }

    /** Decodes an envelope; empty where the bytes are malformed, because anyone can publish to a channel. */
    static Optional<Envelope> decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /** Decodes an envelope from a part of the bytes. */
    static Optional<Envelope> decode(byte[] bytes, int offset, int length) {
        if (length < HEADER) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        int code = in.get();
        if (code != Opcode.TEXT.code() && code != Opcode.BINARY.code()) {
            return Optional.empty();
        }
        Opcode opcode = code == Opcode.TEXT.code() ? Opcode.TEXT : Opcode.BINARY;
        long sentMicros = in.getLong();
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        if (opcode == Opcode.TEXT && !isUtf8(payload)) {
            return Optional.empty();
        }
        return Optional.of(new Envelope(new Message(opcode, payload), sentMicros));
    }

    /** A client closes its connection if a text message is not valid UTF-8 (RFC 6455, section 8.1). */
    private static boolean isUtf8(byte[] payload) {
        int signs = 0;
        for (byte b : payload) {
            signs |= b;
        }
        if (signs >= 0) {
            return true; // ASCII, as most payloads are: the JVM compiles this loop to a few instructions
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)) != null;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
