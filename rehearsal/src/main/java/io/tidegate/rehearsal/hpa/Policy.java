package io.tidegate.rehearsal.hpa;

import java.time.Duration;

/**
 * How much may change within a time ({@code HPAScalingPolicy}).
 *
 * @param value pods, or per cent of the pods when the period began
 */
public record Policy(Type type, int value, Duration period) {

    /** The unit of a policy's value. */
    public enum Type {
        PODS,
        PERCENT
    }
}
