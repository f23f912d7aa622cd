package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The publishes that wait for the flusher, in order and bounded in bytes. Any thread puts in; one takes out.
 *
 * <p>Open or shut is decided under the same lock as putting in, so that none can slip in behind {@link #shut} and wait
 * there for nobody.
 */
final class Outbox {
    /** Enough for the batches to grow under load, and for no more than two seconds of a slow Redis. */
    static final long MAX_BYTES = 16 << 20;

    static final int BATCH_MESSAGES = 256;

    /** A batch has one timeout: it must be small enough for a slow network to carry it in that time. */
    static final int BATCH_BYTES = 1 << 20;

    /** One publish; its result is the message's position. */
    record Waiting(Topic topic, Link.Entry entry, long sinceNanos, CompletableFuture<Position> done) {
        int size() {
            return entry.envelope().length;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private long bytes;
    private boolean woken;
    private @Nullable String shutBecause;

    Outbox(String shutBecause) {
        this.shutBecause = shutBecause;
    }

    /** Puts a publish in; returns why it was refused, or null. */
    @Nullable
    String offer(Waiting publish) {
        lock.lock();
        try {
            if (shutBecause != null) {
                return shutBecause;
            }
            if (!queue.isEmpty() && bytes + publish.size() > MAX_BYTES) {
                return "too much waits to be published";
            }
            queue.add(publish);
            bytes += publish.size();
            changed.signal();
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** The next batch; empty after this long without a publish, or when woken. */
    List<Waiting> take(long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            while (queue.isEmpty() && !woken && left > 0) {
                left = changed.awaitNanos(left);
            }
            woken = false;
            List<Waiting> batch = new ArrayList<>(Math.min(queue.size(), BATCH_MESSAGES));
            int size = 0;
            while (!queue.isEmpty() && batch.size() < BATCH_MESSAGES) {
                size += queue.element().size();
                if (size > BATCH_BYTES && !batch.isEmpty()) {
                    break;
                }
                Waiting publish = queue.remove();
                bytes -= publish.size();
                batch.add(publish);
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a {@link #take} that waits. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    void open() {
        lock.lock();
        try {
            shutBecause = null;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses publishes from now on; returns those that waited, for the caller to fail outside of the lock. */
    List<Waiting> shut(String reason) {
        lock.lock();
        try {
            shutBecause = reason;
            List<Waiting> left = List.copyOf(queue);
            queue.clear();
            bytes = 0;
            return left;
        } finally {
            lock.unlock();
        }
    }
}
