package io.tidegate.rehearsal.hpa;

/**
 * What KEDA answers instead of a value after too many failures ({@code spec.fallback}).
 *
 * @param failureThreshold failures in a row that are still passed on
 * @param replicas the number to ask for then
 */
public record Fallback(int failureThreshold, int replicas, Behavior behavior) {

    /** Which number counts: the fallback's own, the current one, or the larger or the smaller of both. */
    public enum Behavior {
        STATIC,
        CURRENT_REPLICAS,
        CURRENT_REPLICAS_IF_HIGHER,
        CURRENT_REPLICAS_IF_LOWER
    }

    /** {@code doFallback}: the number of replicas that the HPA calculates from the fallback's value. */
    int replicasAt(int current) {
        return switch (behavior) {
            case STATIC -> replicas;
            case CURRENT_REPLICAS -> current;
            case CURRENT_REPLICAS_IF_HIGHER -> Math.max(current, replicas);
            case CURRENT_REPLICAS_IF_LOWER -> Math.min(current, replicas);
        };
    }
}
