package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tidegate.protocol.Position;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code publish.lua} publishes: messages of one topic that follow each other.
 *
 * @param first the position of the first of them
 */
record Packet(Position first, List<Envelope> envelopes) {
    /** Of an epoch, a blank and an offset. */
    private static final int MAX_HEADER = 64;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    Position last() {
        return first.plus(envelopes.size() - 1L);
    }

    /** The packet of these bytes; empty where they are of another shape, since anyone may publish to a channel. */
    static Optional<Packet> decode(byte[] bytes) {
        int end = headerLength(bytes);
        Optional<Position> first =
                end < 0 ? Optional.empty() : Position.parse(new String(bytes, 0, end, US_ASCII).replace(' ', '-'));
        return first.flatMap(position -> envelopes(bytes, end + 1).map(all -> new Packet(position, all)));
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
