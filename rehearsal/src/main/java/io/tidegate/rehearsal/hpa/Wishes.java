package io.tidegate.rehearsal.hpa;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.IntStream;

/** What the metrics asked for, and when, before any limit: the memory of the stabilisation windows. */
final class Wishes {
    private record Wish(Duration at, int replicas) {}

    private final Deque<Wish> wishes = new ArrayDeque<>();

    /** Notes a wish, and forgets those that no window looks back to. */
    void add(Duration now, int replicas, Duration longestWindow) {
        wishes.removeIf(wish -> wish.at().compareTo(now.minus(longestWindow)) < 0);
        wishes.addLast(new Wish(now, replicas));
    }

    /** Those of a window, and the newest. */
    IntStream within(Duration window, Duration now, int newest) {
        Duration cutoff = now.minus(window);
        IntStream earlier =
                wishes.stream().filter(wish -> wish.at().compareTo(cutoff) > 0).mapToInt(Wish::replicas);
        return IntStream.concat(IntStream.of(newest), earlier);
    }
}
