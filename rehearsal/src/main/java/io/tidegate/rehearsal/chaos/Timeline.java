package io.tidegate.rehearsal.chaos;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How often something happened, by the second. Any thread. */
final class Timeline {
    private final Map<Long, AtomicInteger> seconds = new ConcurrentSkipListMap<>();

    void count() {
        seconds.computeIfAbsent(System.nanoTime() / 1_000_000_000, second -> new AtomicInteger())
                .incrementAndGet();
    }

    int total() {
        return seconds.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    int busiest() {
        return seconds.values().stream().mapToInt(AtomicInteger::get).max().orElse(0);
    }
}
