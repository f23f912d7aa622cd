package io.tidegate.rehearsal.hpa;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One trigger as KEDA serves it to the HPA, with its memory of failures ({@code GetMetricsWithFallback}). Not thread
 * safe.
 *
 * <p>With a {@code minReplicaCount} of 1 or more KEDA queries Prometheus whenever the HPA queries KEDA. {@code
 * pollingInterval} and {@code activationThreshold} have an effect only between 0 and 1 replica.
 */
public final class Trigger {
    private final String name;
    private final double target;
    private final Optional<Fallback> fallback;
    private int failures;

    /**
     * A trigger that has not failed.
     *
     * @param target of type {@code AverageValue}: the value for one pod
     */
    public Trigger(String name, double target, Optional<Fallback> fallback) {
        this.name = name;
        this.target = target;
        this.fallback = fallback;
    }

    /**
     * What the HPA gets.
     *
     * @param answer of the query; empty where there was none
     * @param why there was no answer
     * @param current replicas of the scale
     */
    public Reading read(OptionalDouble answer, String why, int current) {
        if (answer.isPresent()) {
            failures = 0;
            return Reading.Value.of(name, answer.getAsDouble(), target);
        }
        failures++;
        return fallback.filter(each -> failures > each.failureThreshold())
                .<Reading>map(each -> Reading.Value.of(name, target * each.replicasAt(current), target))
                .orElseGet(() -> new Reading.Failed(name, why));
    }
}
