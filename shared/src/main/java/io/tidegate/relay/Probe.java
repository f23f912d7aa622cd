package io.tidegate.relay;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A message of the relay to itself, which goes the whole way: published, and seen to come back by its own subscription.
 * Nothing less shows that messages go through; a connection may be open, and a publish answered, while none arrives.
 *
 * <p>One belongs to one link. The flusher calls everything but {@link #arrived}; one probe is under way at a time.
 */
final class Probe {
    /** Between two of a link that works. */
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** One that takes longer is missing. */
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(2);

    /**
     * Bytes published after which one is due, and after which, should it not be back, publishing must wait for it. So a
     * node publishes no faster than it receives; else Redis cuts off its subscription, by default at 32 MB of arrears.
     */
    static final long WINDOW_BYTES = 4 << 20;

    private final String channel;
    private long number;
    private long bytesSince;
    private long sentNanos;

    private volatile long awaited;
    private volatile CompletableFuture<Void> back = CompletableFuture.completedFuture(null);

    Probe(String prefix) {
        this.channel = prefix + ":probe:{" + UUID.randomUUID() + "}";
    }

    String channel() {
        return channel;
    }

    boolean isDue(long nowNanos) {
        return back.isDone() && (nowNanos - sentNanos >= INTERVAL_NANOS || bytesSince >= WINDOW_BYTES);
    }

    boolean isMissing(long nowNanos) {
        return !back.isDone() && nowNanos - sentNanos > TIMEOUT_NANOS;
    }

    /** Counts what is published beside it. */
    void published(long bytes) {
        bytesSince += bytes;
    }

    /** Whether so much has been published since it that it must be back first. */
    boolean mustComeBack() {
        return !back.isDone() && bytesSince >= WINDOW_BYTES;
    }

    /** How long until it is due, or missing, by time. */
    long nanosToNext(long nowNanos) {
        return Math.max(0, sentNanos + (back.isDone() ? INTERVAL_NANOS : TIMEOUT_NANOS + 1) - nowNanos);
    }

    /** A new one. */
    Link.Plain next(long nowNanos) {
        sentNanos = nowNanos;
        bytesSince = 0;
        back = new CompletableFuture<>();
        awaited = number + 1;
        return again();
    }

    /** The same once more: that one of them comes back is enough. */
    Link.Plain again() {
        number++;
        return new Link.Plain(
                channel, ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    /** Completes when the last {@link #next} has come back. */
    CompletableFuture<Void> back() {
        return back;
    }

    void arrived(byte[] bytes) {
        if (bytes.length == Long.BYTES && ByteBuffer.wrap(bytes).getLong() >= awaited) {
            back.complete(null);
        }
    }
}
