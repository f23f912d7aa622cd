package io.tidegate.testing;

import io.tidegate.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it. */
public final class ManualClock implements Clock {
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong epochNanos =
            new AtomicLong(Instant.parse("2024-11-24T00:00:00Z").toEpochMilli() * 1_000_000);

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public long epochMillis() {
        return Duration.ofNanos(epochNanos.get()).toMillis();
    }

    /** Lets time pass. */
    public void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
        epochNanos.addAndGet(time.toNanos());
    }

    /** Sets the time of day, as an operator or NTP does; intervals are not touched. */
    public void setEpochMillis(long epochMillis) {
        epochNanos.set(Duration.ofMillis(epochMillis).toNanos());
    }
}
