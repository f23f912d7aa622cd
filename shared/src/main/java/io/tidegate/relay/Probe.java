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
 * A message of the relay to itself, which goes the whole way: written and published by the script that clients' messages
 * take, and seen to come back by its own subscription. Nothing less shows that messages go through: a connection may be open,
 * and a publish answered, while none arrives; and a Redis that refuses writes still publishes what needs none.
 *
 * <p>One belongs to one link, and one is under way at a time. Its owner is the {@link Uplink}; all times are in its attentive
 * time.
 */
final class Probe {
    /** Between two of a link that works. */
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /**
     * One that takes longer is missing. A Redis that hangs is found before, since the publish that carries the probe gets no
     * answer (1.5 s). So this finds only a subscription that has ended without a word. That is rare, and a short limit does
     * harm: a node that has just started on a busy machine may need some seconds to hand over what has arrived, and would
     * give up a link that works.
     */
    static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * Bytes published after which one is due, and after which, should it not be back, publishing must wait for it. So a
     * node publishes no faster than it receives; else Redis cuts off its subscription, by default at 32 MB of arrears.
     */
    static final long WINDOW_BYTES = 4 << 20;

    private final TopicKeys keys;
    private long number;
    private long awaited;
    private long bytesSince;
    private long sentNanos;
    private boolean back = true;
    private boolean hurried;

    /** One whose channel no other link uses. */
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

    /** One is due before its time: something was refused. */
    void hurry() {
        hurried = true;
    }

    boolean isMissing(long nowNanos) {
        return !back && nowNanos - sentNanos > TIMEOUT_NANOS;
    }

    /** Counts what is published beside it. */
    void published(long bytes) {
        bytesSince += bytes;
    }

    /** Whether so much has been published since it that it must be back first. */
    boolean mustComeBack() {
        return !back && bytesSince >= WINDOW_BYTES;
    }

    /** A new one. */
    Link.Kept next(long nowNanos) {
        hurried = false;
        sentNanos = nowNanos;
        bytesSince = 0;
        back = false;
        awaited = number + 1;
        return again();
    }

    /** The same once more: that one of them comes back is enough. */
    Link.Kept again() {
        number++;
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
        byte[] envelope = new Envelope(new Message(Opcode.BINARY, bytes), 0).encode();
        // Nobody looks at the position of a probe, so none of them needs to be known.
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
