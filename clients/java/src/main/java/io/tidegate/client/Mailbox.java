package io.tidegate.client;

import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one at a time, in the order in which they were posted. It holds a thread only while there are tasks.
 *
 * <p>With {@code Runnable::run} as executor, the thread that posts to an idle mailbox runs its tasks. A task that posts
 * is not interrupted by the posted task.
 */
final class Mailbox {
    private static final System.Logger LOG = System.getLogger(Mailbox.class.getName());

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Executor executor;
    private volatile @Nullable Thread runner;

    Mailbox(Executor executor) {
        this.executor = executor;
    }

    /** Posts a task, from any thread. A task that throws is logged, and the next one runs. */
    void post(Runnable task) {
        if (put(task)) {
            start();
        }
    }

    /**
     * Like {@link #post}, for a caller that holds a lock. Where this returns true, the caller must release the lock and
     * then call {@link #start}.
     */
    boolean put(Runnable task) {
        tasks.add(task);
        return waiting.getAndIncrement() == 0;
    }

    void start() {
        executor.execute(this::drain);
    }

    /** The number of tasks that have been posted and have not ended. */
    int waiting() {
        return waiting.get();
    }

    /** Whether the caller is a task of this mailbox. */
    boolean isRunning() {
        return runner == Thread.currentThread();
    }

    private void drain() {
        do {
            Runnable task = tasks.remove();
            runner = Thread.currentThread();
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "a task failed", e);
            } finally {
                runner = null;
            }
        } while (waiting.decrementAndGet() > 0);
    }
}
