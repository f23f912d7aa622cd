package io.tidegate.workload;

/**
 * A point for the plots.
 *
 * @param at seconds since the run began
 * @param latencies since the sample before
 */
public record Sample(double at, Snapshot snapshot, Latencies latencies) {}
