package io.tidegate.rehearsal.hpa;

/**
 * The number of replicas that an HPA has decided on.
 *
 * @param replicas after windows, policies and limits
 * @param wanted what the metrics of this moment ask for
 * @param reason the metric that asks for most, or why nothing was decided
 */
public record Decision(int replicas, int wanted, String reason) {}
