package io.tidegate.rehearsal.scale;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The plan of a rehearsal.
 *
 * @param speed how much faster than real time
 * @param article whether the article's ScaledObject decides instead of the chart's
 * @param rollout whether all pods are replaced at the height of the surge
 */
record RehearsalPlan(Load load, Times times, Servers servers, Speed speed, boolean article, boolean rollout) {

    /**
     * Clients.
     *
     * @param base before and after the surge
     * @param peak at the height of the surge
     * @param rate messages a second that all clients publish together; the same at any speed
     */
    record Load(int base, int peak, double rate) {}

    /**
     * The fleet.
     *
     * @param jars of the servers, started in turn
     * @param rebalance whether the servers rebalance their connections
     */
    record Servers(List<Path> jars, boolean rebalance) {}

    /**
     * Times of the scenario.
     *
     * @param ramp in which the clients of the surge come, and go
     * @param hold how long the clients stay after they have come
     */
    record Times(Duration ramp, Duration hold) {}
}
