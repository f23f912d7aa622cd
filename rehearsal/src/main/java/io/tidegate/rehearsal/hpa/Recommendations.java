package io.tidegate.rehearsal.hpa;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.IntStream;

/** What the metrics asked for, and when, before any limit: the memory of the stabilisation windows. */
final class Recommendations {
    private record Past(Duration at, int replicas) {}

    private final Deque<Past> past = new ArrayDeque<>();

    /** Adds a recommendation, and forgets those that are older than every window. */
    void add(Duration now, int replicas, Duration longestWindow) {
        past.removeIf(one -> one.at().compareTo(now.minus(longestWindow)) < 0);
        past.addLast(new Past(now, replicas));
    }

    /** The recommendations within a window, and the newest one. */
    IntStream within(Duration window, Duration now, int newest) {
        Duration cutoff = now.minus(window);
        IntStream earlier =
                past.stream().filter(one -> one.at().compareTo(cutoff) > 0).mapToInt(Past::replicas);
        return IntStream.concat(IntStream.of(newest), earlier);
    }
}
