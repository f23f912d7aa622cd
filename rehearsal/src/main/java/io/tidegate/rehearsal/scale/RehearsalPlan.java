package io.tidegate.rehearsal.scale;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What is rehearsed.
 *
 * @param speed how much faster than in earnest
 * @param article whether the article's ScaledObject decides in place of the chart's
 */
public record RehearsalPlan(Load load, Times times, Servers servers, Speed speed, boolean article) {

    /**
     * Clients.
     *
     * @param base before and after the surge
     * @param peak at its height
     * @param rate messages a second that all publish together; the same at any speed
     */
    public record Load(int base, int peak, double rate) {}

    /**
     * The fleet.
     *
     * @param jars of the servers, started in turn
     * @param rebalance whether they even their connections out
     */
    public record Servers(List<Path> jars, boolean rebalance) {}

    /**
     * In the scenario's time.
     *
     * @param ramp in which the clients of the surge come, and go
     * @param hold how long they stay once they have come
     */
    public record Times(Duration ramp, Duration hold) {}
}
