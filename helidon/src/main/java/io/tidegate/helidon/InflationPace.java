package io.tidegate.helidon;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Limits how fast all connections of a process together inflate messages. Each connection has a limit of its own, but
 * many connections at once would take all processors. Any thread.
 */
final class InflationPace {
    /** A message of 64 KiB takes a millisecond of this pace, and a tenth of that of a processor. */
    private static final long BYTES_PER_SECOND = 64 << 20;

    private static final InflationPace OF_THE_PROCESS = new InflationPace(System::nanoTime);

    private final LongSupplier clock;

    /** When the bytes that were taken so far have had their time. */
    private final AtomicLong free;

    /**
     * A pace of its own.
     *
     * @param clock nanoseconds, as {@link System#nanoTime}
     */
    InflationPace(LongSupplier clock) {
        this.clock = clock;
        this.free = new AtomicLong(clock.getAsLong());
    }

    /** The pace that all connections share. */
    static InflationPace ofTheProcess() {
        return OF_THE_PROCESS;
    }

    /**
     * Takes the time of these bytes, behind all bytes that others have taken.
     *
     * @return nanoseconds until that time begins; 0 where nobody is in front
     */
    long take(long bytes) {
        long now = clock.getAsLong();
        long length = bytes * 1_000_000_000L / BYTES_PER_SECOND;
        long end = free.accumulateAndGet(length, (before, more) -> (before - now > 0 ? before : now) + more);
        return end - length - now;
    }
}
