package io.tidegate.workload;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Lets a user publish whenever a message is due, on one thread. */
final class Publisher {
    private static final long NOBODY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long NOTHING_NANOS = TimeUnit.HOURS.toNanos(1);

    private final UserPool pool;
    private final Schedule schedule = new Schedule();
    private final Thread thread;

    Publisher(UserPool pool) {
        this.pool = pool;
        this.thread =
                Thread.ofPlatform().daemon().name("virtual users publisher").start(this::run);
    }

    void rate(double perSecond) {
        synchronized (schedule) {
            schedule.rate(perSecond, System.nanoTime());
        }
        LockSupport.unpark(thread);
    }

    void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                long pause = publishNext();
                if (pause > 0) {
                    LockSupport.parkNanos(this, pause);
                }
            }
        } catch (InterruptedException e) {
            // The publisher was closed.
        }
    }

    /** Publishes the next message if it is due. Returns for how many nanoseconds there is nothing to do. */
    private long publishNext() throws InterruptedException {
        synchronized (schedule) {
            if (!schedule.runs()) {
                return NOTHING_NANOS;
            }
            long due = schedule.due();
            long early = due - System.nanoTime();
            if (early > 0) {
                return early;
            }
            Optional<VirtualUser> user = pool.next();
            if (user.isEmpty()) {
                // The message stays due.
                return NOBODY_NANOS;
            }
            schedule.taken();
            // Within the monitor, so that no message is published after the rate is set to 0.
            user.get().publish(due);
            return 0;
        }
    }
}
