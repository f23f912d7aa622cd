package io.tidegate.charts.cluster;

import io.tidegate.charts.cluster.Cluster.Look;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Looks at the fleet every two seconds, prints what it sees, and waits for what should happen. */
final class Timeline {
    private static final Duration PACE = Duration.ofSeconds(2);

    private final Cluster cluster;
    private final FleetClients load;
    private final long begun = System.nanoTime();

    Timeline(Cluster cluster, FleetClients load) {
        this.cluster = cluster;
        this.load = load;
    }

    void title(String text) {
        System.out.printf("%n== %s%n", text);
        System.out.println("   s  clients  open  msg/s |  HPA sees (a pod)  wants | ready  leaving | moved  dropped");
    }

    /**
     * Waits until it is so; returns the seconds that it took.
     *
     * @throws TrialFailedException when it is not within the time
     */
    double await(String what, Duration atMost, Predicate<Look> isSo) throws InterruptedException {
        long since = System.nanoTime();
        long deadline = since + atMost.toNanos();
        while (true) {
            Look look = look();
            if (isSo.test(look)) {
                return (System.nanoTime() - since) / 1e9;
            }
            if (System.nanoTime() > deadline) {
                throw new TrialFailedException("no " + what + " within " + atMost.toSeconds() + " s: " + look);
            }
            Thread.sleep(PACE);
        }
    }

    /**
     * Looks on for a while and requires that it stays so.
     *
     * @throws TrialFailedException at the first look at which it does not
     */
    void hold(String what, Duration time, Predicate<Look> isSo) throws InterruptedException {
        long deadline = System.nanoTime() + time.toNanos();
        List<Look> seen = new ArrayList<>();
        while (System.nanoTime() < deadline) {
            Thread.sleep(PACE);
            Look look = look();
            seen.add(look);
            if (!isSo.test(look)) {
                throw new TrialFailedException("not still: " + what + ", seen " + seen);
            }
        }
    }

    private Look look() {
        Look look = cluster.look();
        System.out.printf(
                Locale.ROOT,
                "%4d  %7d  %4d  %5d | %17s  %5d | %5d  %7d | %5d  %7d%n",
                (System.nanoTime() - begun) / 1_000_000_000,
                load.size(),
                load.connected(),
                load.wantedRate(),
                String.join(" / ", look.values()),
                look.wanted(),
                look.ready(),
                look.leaving(),
                load.moved(),
                load.drops().size());
        return look;
    }
}
