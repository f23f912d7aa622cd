package io.tidegate.simulation;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Makes a failing scenario smaller, for as long as a part can be left out and it still fails. */
final class Shrinker {
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private Shrinker() {}

    static Scenario shrink(Scenario failing) {
        Scenario smallest = failing;
        long end = System.nanoTime() + MOST_NANOS;
        boolean smaller = true;
        while (smaller && System.nanoTime() < end) {
            smaller = false;
            for (Scenario candidate : candidates(smallest)) {
                if (Simulation.run(candidate, false).violation() != null) {
                    smallest = candidate;
                    smaller = true;
                    break;
                }
            }
        }
        return smallest;
    }

    private static List<Scenario> candidates(Scenario of) {
        Stream<Scenario> fewerFaults = of.faults().stream().map(of::without);
        Stream<Scenario> less = Stream.of(
                of.with(of.pods(), of.apps(), 0, of.plain(), of.seconds()),
                of.with(of.pods(), of.apps(), of.improvisers(), 0, of.seconds()),
                of.with(of.pods(), of.apps(), of.improvisers(), of.plain(), Math.max(1, of.seconds() / 2)),
                of.with(1, of.apps(), of.improvisers(), of.plain(), of.seconds()),
                of.with(of.pods(), 1, of.improvisers(), of.plain(), of.seconds()),
                of.with(of.pods(), of.apps(), Math.min(1, of.improvisers()), of.plain(), of.seconds()),
                of.with(of.pods(), of.apps(), of.improvisers(), of.plain(), Math.max(1, of.seconds() * 3 / 4)));
        return Stream.concat(fewerFaults, less)
                .filter(candidate -> !candidate.equals(of))
                .toList();
    }
}
