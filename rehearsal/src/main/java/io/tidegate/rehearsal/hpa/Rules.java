package io.tidegate.rehearsal.hpa;

import java.time.Duration;
import java.util.List;

/**
 * The rules of scaling in one direction ({@code HPAScalingRules}).
 *
 * @param window in which earlier recommendations still count
 * @param policies from which {@code select} chooses
 */
public record Rules(Duration window, List<Policy> policies, Select select) {

    /**
     * Which of the policies counts: the one that allows most, the one that allows least, or none, so that nothing is
     * allowed.
     */
    public enum Select {
        MAX,
        MIN,
        DISABLED
    }

    /** The defaults of Kubernetes: {@code GenerateHPAScaleUpRules}. */
    public static final Rules DEFAULT_UP = new Rules(
            Duration.ZERO,
            List.of(
                    new Policy(Policy.Type.PODS, 4, Duration.ofSeconds(15)),
                    new Policy(Policy.Type.PERCENT, 100, Duration.ofSeconds(15))),
            Select.MAX);

    /** The defaults for shrinking: {@code GenerateHPAScaleDownRules}, with the controller's window of five minutes. */
    public static final Rules DEFAULT_DOWN = new Rules(
            Duration.ofSeconds(300), List.of(new Policy(Policy.Type.PERCENT, 100, Duration.ofSeconds(15))), Select.MAX);

    /** The longest period of a policy. Older scale events do not count any more. */
    Duration longestPeriod() {
        return policies.stream().map(Policy::period).max(Duration::compareTo).orElse(Duration.ZERO);
    }
}
