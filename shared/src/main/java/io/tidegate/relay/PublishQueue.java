package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The publishes that wait until the current batch is answered, in order and bounded in bytes. Its owner is the
 * {@link Uplink}.
 */
final class PublishQueue {
    /** Enough for batches that grow under load, and no more than a slow Redis takes in two seconds. */
    static final long MAX_BYTES = 16 << 20;

    static final int BATCH_MESSAGES = 256;

    /** A batch has one timeout, so it must be small enough for a slow network to carry it in that time. */
    static final int BATCH_BYTES = 1 << 20;

    /**
     * One publish.
     *
     * @param kept whether the topic's history takes it
     * @param sinceNanos when the publish was put in the queue, in the uplink's attentive time
     * @param done completes with the message's position
     */
    record Waiting(Topic topic, boolean kept, Link.Entry entry, long sinceNanos, CompletableFuture<Position> done) {
        int size() {
            return entry.envelope().length;
        }
    }

    private final Deque<Waiting> queue = new ArrayDeque<>();
    private long bytes;

    /** Adds a publish; false where too many bytes wait already. */
    boolean offer(Waiting publish) {
        if (!queue.isEmpty() && bytes + publish.size() > MAX_BYTES) {
            return false;
        }
        queue.add(publish);
        bytes += publish.size();
        return true;
    }

    /** Removes the next batch; empty where nothing waits. */
    List<Waiting> take() {
        List<Waiting> batch = new ArrayList<>(Math.min(queue.size(), BATCH_MESSAGES));
        int size = 0;
        while (!queue.isEmpty() && batch.size() < BATCH_MESSAGES) {
            size += queue.element().size();
            if (size > BATCH_BYTES && !batch.isEmpty()) {
                break;
            }
            batch.add(remove());
        }
        return batch;
    }

    /**
     * Removes the publishes that were added before this moment. They are in front, because publishes are added in the
     * order of time.
     */
    List<Waiting> takeOlderThan(long sinceNanos) {
        List<Waiting> old = new ArrayList<>();
        while (!queue.isEmpty() && queue.element().sinceNanos() < sinceNanos) {
            old.add(remove());
        }
        return old;
    }

    /** Removes all publishes. */
    List<Waiting> takeAll() {
        List<Waiting> all = List.copyOf(queue);
        queue.clear();
        bytes = 0;
        return all;
    }

    private Waiting remove() {
        Waiting publish = queue.remove();
        bytes -= publish.size();
        return publish;
    }
}
