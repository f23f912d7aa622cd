package io.tidegate.workload;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts events by the second. Any thread. */
public final class Timeline {
    private final Map<Long, AtomicInteger> seconds = new ConcurrentSkipListMap<>();

    public void count() {
        seconds.computeIfAbsent(System.nanoTime() / 1_000_000_000, second -> new AtomicInteger())
                .incrementAndGet();
    }

    public int total() {
        return seconds.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    /** The number of events in the busiest second. */
    public int busiest() {
        return seconds.values().stream().mapToInt(AtomicInteger::get).max().orElse(0);
    }
}
