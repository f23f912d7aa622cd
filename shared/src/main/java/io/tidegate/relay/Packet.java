package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tidegate.protocol.Position;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A packet on the channel of a topic with a history: consecutive messages, as {@code publish.lua} publishes them, or
 * one message that is not kept.
 *
 * @param first the position of the first message; {@link Position#NONE} where the message is not kept
 */
record Packet(Position first, List<Envelope> envelopes) implements TopicPacket {
    /** The largest length of the header: an epoch, a space and an offset. */
    private static final int MAX_HEADER = 64;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** The bytes for a message that is not kept. Their header is empty: there is no position. */
    static byte[] unkept(byte[] envelope) {
        return ByteBuffer.allocate(1 + Integer.BYTES + envelope.length)
                .put((byte) '\n')
                .putInt(envelope.length)
                .put(envelope)
                .array();
    }

    boolean isKept() {
        return !first.equals(Position.NONE);
    }

    Position last() {
        return first.plus(envelopes.size() - 1L);
    }

    /** Decodes a packet; empty where the bytes are malformed, because anyone can publish to a channel. */
    static Optional<Packet> decode(byte[] bytes) {
        int end = headerLength(bytes);
        return first(bytes, end).flatMap(position -> envelopes(bytes, end + 1).map(all -> new Packet(position, all)));
    }

    private static Optional<Position> first(byte[] bytes, int end) {
        return switch (end) {
            case -1 -> Optional.empty();
            case 0 -> Optional.of(Position.NONE);
            default ->
                Optional.of(new String(bytes, 0, end, US_ASCII))
                        .filter(header -> header.indexOf('-') < 0)
                        .flatMap(header -> Position.parse(header.replace(' ', '-')));
        };
    }

    private static int headerLength(byte[] bytes) {
        for (int i = 0; i < Math.min(MAX_HEADER, bytes.length); i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static Optional<List<Envelope>> envelopes(byte[] bytes, int start) {
        List<Envelope> envelopes = new ArrayList<>();
        int at = start;
        while (at < bytes.length) {
            int from = at + Integer.BYTES;
            int length = from > bytes.length ? -1 : (int) INT.get(bytes, at);
            if (length < 0 || length > bytes.length - from) {
                return Optional.empty();
            }
            Optional<Envelope> envelope = Envelope.decode(bytes, from, length);
            if (envelope.isEmpty()) {
                return Optional.empty();
            }
            envelopes.add(envelope.get());
            at = from + length;
        }
        return envelopes.isEmpty() ? Optional.empty() : Optional.of(envelopes);
    }
}
