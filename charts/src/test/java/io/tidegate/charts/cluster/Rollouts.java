package io.tidegate.charts.cluster;

import io.tidegate.workload.Mix;
import io.tidegate.workload.Wire;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How often a client moves in a rollout. Its old pod sends it away, once. The Service chooses pods by chance, and leads it to
 * another old pod more often than not, which then sends it away again; where pods know which of them are new they do not take it.
 */
final class Rollouts {
    private static final int PODS = 5;
    private static final int CLIENTS = 200;
    /** Once for the rollout, and some who do not find a new pod in time. */
    private static final double MOST = 1.2;

    /** So that the comparison means something. Two runs had 1.77 and 1.63 moves a client without, 1.00 and 1.01 with. */
    private static final double LEAST_WITHOUT = 1.4;

    private static final Duration ROLLOUT = Duration.ofMinutes(4);
    /** Pods that are uneven are even by then: it took 12 s. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(20);

    private final Release release;
    private final Cluster cluster;
    private final URI address;

    Rollouts(Release release, Cluster cluster, URI address) {
        this.release = release;
        this.cluster = cluster;
        this.address = address;
    }

    /** Rolls out with and without, and compares how often a client had to move. */
    void compare() throws InterruptedException {
        try (FleetClients clients = new FleetClients(address, Mix.of(Wire.V1))) {
            Timeline timeline = new Timeline(cluster, clients);
            timeline.title(PODS + " pods that know nothing of rollouts");
            Map<String, String> quickly = values("false", 0);
            quickly.remove("minReadySeconds");
            release.upgrade(quickly);
            timeline.await(PODS + " pods", Trial.START, Rollouts::isQuiet);
            clients.resize(CLIENTS);
            timeline.await("all clients", Trial.START, look -> clients.isWhole());
            // The new pods would know, but the old ones have no revision: nothing changes yet.
            double without = roll(timeline, clients, 1);
            double with = roll(timeline, clients, 2);
            System.out.printf(
                    Locale.ROOT,
                    "A rollout of %d pods with %d clients: each moved %.2f times without a revision, %.2f times with it%n",
                    PODS,
                    CLIENTS,
                    without,
                    with);
            System.out.println("Clients: " + clients.verdict());
            if (with > MOST || without < LEAST_WITHOUT) {
                throw new TrialFailedException(
                        "expected were at most " + MOST + " with it, and at least " + LEAST_WITHOUT + " without");
            }
        }
    }

    private double roll(Timeline timeline, FleetClients clients, int number) throws InterruptedException {
        timeline.title("rollout " + number);
        int before = clients.moved();
        release.upgrade(values("true", number));
        double seconds = timeline.await("end of the rollout", ROLLOUT, look -> isQuiet(look) && clients.isWhole());
        timeline.hold(PODS + " pods", AFTERWARDS, look -> look.ready() == PODS);
        int moved = clients.moved() - before;
        System.out.printf(Locale.ROOT, "%d moves of %d clients in %.0f s%n", moved, CLIENTS, seconds);
        return (double) moved / CLIENTS;
    }

    private static boolean isQuiet(Cluster.Look look) {
        return look.ready() == PODS && look.leaving() == 0 && look.rolledOut();
    }

    /** @param number changes the pods, and nothing of what they do */
    private static Map<String, String> values(String moveOnce, int number) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("autoscaling.enabled", "false");
        values.put("replicas", String.valueOf(PODS));
        values.put("strategy.rollingUpdate.maxSurge", "1");
        values.put("rollout.moveOnce", moveOnce);
        values.put("podAnnotations.rollout", "number-" + number);
        // A pod has left before the next one does, as where starting one takes a minute.
        values.put("minReadySeconds", "12");
        values.put("config.drain.window", "6s");
        values.put("config.drain.timeout", "10s");
        return values;
    }
}
