package io.tidegate.rehearsal.hpa;

import java.time.Duration;
import java.util.stream.IntStream;

/**
 * What the policies allow at one moment.
 *
 * @param current replicas
 * @param added replicas added before, and when
 * @param removed replicas removed before, and when
 */
record Allowance(int current, ScaleEvents added, ScaleEvents removed, Duration now) {

    /**
     * The most replicas that growing may lead to; never fewer than the current number ({@code
     * calculateScaleUpLimitWithScalingRules}).
     */
    int most(Rules rules) {
        IntStream limits = rules.policies().stream().mapToInt(policy -> switch (policy.type()) {
            case PODS -> atStart(policy) + policy.value();
            // Rounded up. Otherwise a small fleet could never grow by a small share.
            case PERCENT -> (int) Math.ceil(atStart(policy) * (1 + policy.value() / 100.0));
        });
        int limit = switch (rules.select()) {
            case MAX -> limits.max().orElse(current);
            case MIN -> limits.min().orElse(current);
            case DISABLED -> current;
        };
        return Math.max(limit, current);
    }

    /**
     * The fewest replicas that shrinking may lead to; never more than the current number ({@code
     * calculateScaleDownLimitWithBehaviors}).
     */
    int fewest(Rules rules) {
        IntStream limits = rules.policies().stream().mapToInt(policy -> switch (policy.type()) {
            case PODS -> atStart(policy) - policy.value();
            case PERCENT -> (int) (atStart(policy) * (1 - policy.value() / 100.0));
        });
        int limit = switch (rules.select()) {
            // The largest change leads to the fewest replicas.
            case MAX -> limits.min().orElse(current);
            case MIN -> limits.max().orElse(current);
            case DISABLED -> current;
        };
        return Math.min(limit, current);
    }

    /** The number of replicas when the policy's period began. */
    private int atStart(Policy policy) {
        return current - added.within(policy.period(), now) + removed.within(policy.period(), now);
    }
}
