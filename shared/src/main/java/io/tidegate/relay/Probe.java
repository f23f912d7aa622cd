package io.tidegate.relay;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Topic;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * A message of the relay to itself that takes the whole path. The script that takes clients' messages writes and
 * publishes the probe, and this node's own subscription brings it back. No smaller check shows that messages arrive. A
 * connection can be open, and a publish can be answered, while no message arrives. A Redis that refuses writes still
 * publishes a message that needs no write.
 *
 * <p>In a cluster each server has its own writes and its own subscriptions. So a probe consists of one message for each
 * server, and is back when all of them are back.
 *
 * <p>A probe belongs to one link, and at most one is under way. Its owner is the {@link Uplink}. All times are in the
 * uplink's attentive time.
 */
final class Probe {
    /** The time between two probes of a link that works. */
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * A probe that takes longer is missing. A Redis that hangs is found earlier, because the publish that carries the
     * probe gets no answer (1.5 s). So this limit finds only a subscription that has ended without notice. That is
     * rare, and a short limit does harm: a node that has just started on a busy machine can need some seconds to
     * deliver what has arrived, and would give up a link that works.
     */
    static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * The published bytes after which a probe is due. If that probe is not back after the same number of bytes,
     * publishing waits for it. So a node publishes no faster than it receives. Otherwise Redis closes the node's
     * subscription, by default at 32 MB of unread output.
     */
    static final long WINDOW_BYTES = 4 << 20;

    /** The bytes of a message: the number of the probe, and the number of the server. */
    private static final int LENGTH = Long.BYTES + Integer.BYTES;

    /** For each server. */
    private final List<TopicKeys> keys = new ArrayList<>();

    /** The servers from which the probe is not back. */
    private final BitSet missing = new BitSet();

    private long number;
    private long awaited;
    private long bytesSince;
    private long sentNanos;
    private boolean hurried;

    /**
     * A probe on channels that no other link uses.
     *
     * @param slots one slot of each server
     */
    Probe(String prefix, RandomGenerator random, List<Integer> slots) {
        HexFormat hex = HexFormat.of();
        for (int slot : slots) {
            Topic topic = new Topic(hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong()));
            keys.add(new TopicKeys(prefix, topic, OptionalInt.of(slot)));
        }
    }

    List<String> channels() {
        return keys.stream().map(TopicKeys::channel).toList();
    }

    boolean isDue(long nowNanos) {
        return isBack() && (hurried || nowNanos - sentNanos >= INTERVAL_NANOS || bytesSince >= WINDOW_BYTES);
    }

    /** Makes a probe due now, because Redis has refused an operation. */
    void hurry() {
        hurried = true;
    }

    boolean isMissing(long nowNanos) {
        return !isBack() && nowNanos - sentNanos > TIMEOUT_NANOS;
    }

    /** Counts the bytes that are published besides the probe. */
    void published(long bytes) {
        bytesSince += bytes;
    }

    /** Whether so many bytes have been published since the probe that it must come back first. */
    boolean mustComeBack() {
        return !isBack() && bytesSince >= WINDOW_BYTES;
    }

    /** A new probe: one message for each server. */
    List<Link.Kept> next(long nowNanos) {
        hurried = false;
        sentNanos = nowNanos;
        bytesSince = 0;
        missing.set(0, keys.size());
        awaited = number + 1;
        return again();
    }

    /** The same probe again. It is enough that one of the copies comes back. */
    List<Link.Kept> again() {
        number++;
        List<Link.Kept> messages = new ArrayList<>(keys.size());
        for (int server = 0; server < keys.size(); server++) {
            byte[] bytes =
                    ByteBuffer.allocate(LENGTH).putLong(number).putInt(server).array();
            byte[] envelope = new Envelope(new Message(Opcode.BINARY, bytes), 0).encode();
            // The position of a probe is never used, so no known position is needed.
            messages.add(new Link.Kept(keys.get(server), Optional.empty(), List.of(new Link.Entry("", envelope))));
        }
        return messages;
    }

    /** Takes the answers of Redis to the messages of {@link #next} or {@link #again}. None comes back that is refused. */
    void answered(List<Link.Answer> answers) {
        for (int server = 0; server < answers.size(); server++) {
            if (answers.get(server) instanceof Link.Refused) {
                missing.clear(server);
            }
        }
    }

    /** Whether the last {@link #next} has come back from each server that has not refused it. */
    boolean isBack() {
        return missing.isEmpty();
    }

    void arrived(byte[] bytes) {
        Packet.decode(bytes)
                .map(packet -> packet.envelopes().getLast().message().payload())
                .filter(payload -> payload.length == LENGTH)
                .map(ByteBuffer::wrap)
                .filter(payload -> payload.getLong() >= awaited)
                .ifPresent(payload -> back(payload.getInt()));
    }

    private void back(int server) {
        if (server >= 0 && server < keys.size()) {
            missing.clear(server);
        }
    }
}
