package io.tidegate.time;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Limits a log line to one a minute, for events that any stranger can cause: they must not fill the log. Any thread. */
public final class Rarely {
    private static final long NEVER = Long.MIN_VALUE;
    private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong last = new AtomicLong(NEVER);

    /** Whether a minute has passed since the last time. If so, a new minute begins. */
    public boolean isTime(long nanoTime) {
        long before = last.get();
        return (before == NEVER || nanoTime - before >= PAUSE) && last.compareAndSet(before, nanoTime);
    }
}
