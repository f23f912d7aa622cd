package io.tidegate.rehearsal.hpa;

import java.time.Duration;

/**
 * How much may change within a time ({@code HPAScalingPolicy}).
 *
 * @param value pods, or per cent of those there were when the period began
 */
public record Policy(Type type, int value, Duration period) {

    /** What a policy's value counts. */
    public enum Type {
        PODS,
        PERCENT
    }
}
