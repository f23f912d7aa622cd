package io.tidegate.time;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Once a minute, for what strangers bring about: they must not fill the log. Any thread. */
public final class Rarely {
    private static final long NEVER = Long.MIN_VALUE;
    private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong last = new AtomicLong(NEVER);

    /** Whether it is time; then it was, for a minute. */
    public boolean isTime(long nanoTime) {
        long before = last.get();
        return (before == NEVER || nanoTime - before >= PAUSE) && last.compareAndSet(before, nanoTime);
    }
}
