package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The publishes that wait for the batch under way, in order and bounded in bytes. Its owner is the {@link Uplink}. */
final class PublishQueue {
    /** Enough for the batches to grow under load, and for no more than two seconds of a slow Redis. */
    static final long MAX_BYTES = 16 << 20;

    static final int BATCH_MESSAGES = 256;

    /** A batch has one timeout: it must be small enough for a slow network to carry it in that time. */
    static final int BATCH_BYTES = 1 << 20;

    /**
     * One publish.
     *
     * @param kept whether the topic's history takes it
     * @param sinceNanos when it was put in, in the uplink's attentive time
     * @param done its result, the message's position
     */
    record Waiting(Topic topic, boolean kept, Link.Entry entry, long sinceNanos, CompletableFuture<Position> done) {
        int size() {
            return entry.envelope().length;
        }
    }

    private final Deque<Waiting> queue = new ArrayDeque<>();
    private long bytes;

    /** Puts a publish in; false where too much waits already. */
    boolean offer(Waiting publish) {
        if (!queue.isEmpty() && bytes + publish.size() > MAX_BYTES) {
            return false;
        }
        queue.add(publish);
        bytes += publish.size();
        return true;
    }

    /** Takes out the next batch; empty where nothing waits. */
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

    /** Takes out those that were put in before this moment. They stand in front: they were put in as time went on. */
    List<Waiting> takeOlderThan(long sinceNanos) {
        List<Waiting> old = new ArrayList<>();
        while (!queue.isEmpty() && queue.element().sinceNanos() < sinceNanos) {
            old.add(remove());
        }
        return old;
    }

    /** Takes out all. */
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
