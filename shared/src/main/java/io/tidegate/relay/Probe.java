package io.tidegate.relay;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Topic;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * A message of the relay to itself that takes the whole path. The script that takes clients' messages writes and
 * publishes the probe, and this node's own subscription brings it back. No smaller check shows that messages arrive. A
 * connection can be open, and a publish can be answered, while no message arrives. A Redis that refuses writes still
 * publishes a message that needs no write.
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

    private final TopicKeys keys;
    private long number;
    private long awaited;
    private long bytesSince;
    private long sentNanos;
    private boolean back = true;
    private boolean hurried;

    /** A probe on a channel that no other link uses. */
    Probe(String prefix, RandomGenerator random) {
        HexFormat hex = HexFormat.of();
        Topic topic = new Topic(hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong()));
        this.keys = new TopicKeys(prefix, topic, true);
    }

    String channel() {
        return keys.channel();
    }

    boolean isDue(long nowNanos) {
        return back && (hurried || nowNanos - sentNanos >= INTERVAL_NANOS || bytesSince >= WINDOW_BYTES);
    }

    /** Makes a probe due now, because Redis has refused an operation. */
    void hurry() {
        hurried = true;
    }

    boolean isMissing(long nowNanos) {
        return !back && nowNanos - sentNanos > TIMEOUT_NANOS;
    }

    /** Counts the bytes that are published besides the probe. */
    void published(long bytes) {
        bytesSince += bytes;
    }

    /** Whether so many bytes have been published since the probe that it must come back first. */
    boolean mustComeBack() {
        return !back && bytesSince >= WINDOW_BYTES;
    }

    /** A new probe. */
    Link.Kept next(long nowNanos) {
        hurried = false;
        sentNanos = nowNanos;
        bytesSince = 0;
        back = false;
        awaited = number + 1;
        return again();
    }

    /** The same probe again. It is enough that one of the copies comes back. */
    Link.Kept again() {
        number++;
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
        byte[] envelope = new Envelope(new Message(Opcode.BINARY, bytes), 0).encode();
        // The position of a probe is never used, so no known position is needed.
        return new Link.Kept(keys, Optional.empty(), List.of(new Link.Entry("", envelope)));
    }

    /** Whether the last {@link #next} has come back. */
    boolean isBack() {
        return back;
    }

    void arrived(byte[] bytes) {
        Packet.decode(bytes)
                .map(packet -> packet.envelopes().getLast().message().payload())
                .ifPresent(number -> {
                    if (number.length == Long.BYTES && ByteBuffer.wrap(number).getLong() >= awaited) {
                        back = true;
                    }
                });
    }
}
