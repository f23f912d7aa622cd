package io.tidegate.client;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The only source of time, so that tests need not wait. From any thread. */
interface Timers {

    /** Nanoseconds since an arbitrary origin. */
    long nanoTime();

    /** Runs the task after that time, on any thread. */
    Timer after(Duration delay, Runnable task);

    /** A task that waits for its time. */
    @FunctionalInterface
    interface Timer {

        /** Cancels the task, unless it already runs. */
        void cancel();
    }

    static Timers of(ScheduledExecutorService scheduler) {
        return new Timers() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public Timer after(Duration delay, Runnable task) {
                Future<?> future = scheduler.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                return () -> future.cancel(false);
            }
        };
    }
}
