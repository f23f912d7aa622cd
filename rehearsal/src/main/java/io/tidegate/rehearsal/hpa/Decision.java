package io.tidegate.rehearsal.hpa;

/**
 * How many replicas there are to be.
 *
 * @param replicas after windows, policies and limits
 * @param wanted what the metrics of this moment asked for
 * @param reason the metric that asked for most, or why nothing was decided
 */
public record Decision(int replicas, int wanted, String reason) {}
