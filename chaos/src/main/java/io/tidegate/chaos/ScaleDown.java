package io.tidegate.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Observes what watchers see of presence, and its cost, while some of a fleet's pods leave. From its creation on a back
 * end requests the presence, and the watchers' joins and leaves are counted.
 */
final class ScaleDown implements AutoCloseable {
    /** The largest part of a core that Redis may use. */
    private static final double MOST = 1.0 / 3;

    private static final double NANOS = 1e9;

    private final PresencePool pool;
    private final Fleet fleet;
    private final PresenceAsker asker;
    private final Figures before;
    private Cost cost = new Cost(0, 0, 0);

    /** The figures at one moment. For each pod: the CPU time that it has used. */
    private record Figures(
            long nanos, PresenceLog.Told told, int moves, int outages, Duration redis, Map<Fleet.Pod, Duration> pods) {}

    /**
     * The cost until the pods were gone.
     *
     * @param redis the part of a core that Redis used
     * @param pods the same for the pods that stay, together
     */
    private record Cost(double seconds, double redis, double pods) {}

    /** To be created when all users are there and shown to all watchers. */
    ScaleDown(PresencePool pool, Fleet fleet) {
        this.pool = pool;
        this.fleet = fleet;
        this.asker = new PresenceAsker(fleet.apiPort(), PresencePool.TOPIC, pool.expected());
        this.before = figures();
    }

    private Figures figures() {
        return new Figures(
                System.nanoTime(),
                pool.told(),
                pool.attendance().moves(),
                pool.attendance().outages().size(),
                fleet.redis().cpu(),
                fleet.serving().stream().collect(Collectors.toMap(pod -> pod, pod -> pod.server.cpu())));
    }

    /** The pods that leave have ended. */
    void podsAreGone() {
        Figures now = figures();
        double nanos = now.nanos() - before.nanos();
        double pods = now.pods().entrySet().stream()
                .mapToDouble(pod -> pod.getValue()
                        .minus(before.pods().getOrDefault(pod.getKey(), Duration.ZERO))
                        .toNanos())
                .sum();
        cost = new Cost(nanos / NANOS, now.redis().minus(before.redis()).toNanos() / nanos, pods / nanos);
    }

    /** Returns the errors. To be called when all changes must have been reported. */
    List<String> judge() throws InterruptedException {
        List<String> complaints = new ArrayList<>(asker.complaints());
        try {
            if (!asker.list().equals(pool.names())) {
                complaints.add("the list of the API is not the list of the users that are there");
            }
        } catch (IOException e) {
            complaints.add("the API does not list the users: " + e);
        }
        if (!pool.told().equals(before.told())) {
            complaints.add("a user that only moved was reported as joined or left");
        }
        if (cost.redis() >= MOST) {
            complaints.add("Redis used %.2f of a core, and not less than a third".formatted(cost.redis()));
        }
        return complaints;
    }

    /** For a human. */
    String text() {
        Figures now = figures();
        List<Long> outages = pool.attendance().outages();
        LongSummaryStatistics lost = outages.subList(before.outages(), outages.size()).stream()
                .mapToLong(nanos -> nanos)
                .summaryStatistics();
        return "two pods have left within %.0f s; Redis used %.2f of a core, the pods that stay %.2f\n"
                        .formatted(cost.seconds(), cost.redis(), cost.pods())
                + "joins told %d, leaves told %d, to watchers of whom %d were connected all the time; %s\n"
                        .formatted(
                                now.told().joins() - before.told().joins(),
                                now.told().leaves() - before.told().leaves(),
                                pool.steadyWatchers(),
                                asker.text())
                + "%d hand-overs; %d users were without a connection meanwhile, at most for %.0f ms"
                        .formatted(
                                now.moves() - before.moves(),
                                lost.getCount(),
                                lost.getCount() == 0 ? 0 : lost.getMax() / 1e6);
    }

    @Override
    public void close() {
        asker.close();
    }
}
