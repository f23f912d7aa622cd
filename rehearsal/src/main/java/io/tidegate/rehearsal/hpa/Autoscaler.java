package io.tidegate.rehearsal.hpa;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One HorizontalPodAutoscaler with its memory ({@code reconcileAutoscaler}). Not thread safe.
 *
 * <p>Metrics of resources, pods and objects, with their rules for pods that are not ready, are missing, because Tidegate
 * uses none of them. An external metric is divided by all pods, ready or not.
 */
public final class Autoscaler {
    private final int min;
    private final int max;
    private final Optional<Behavior> behavior;
    private final Recommendations recommendations = new Recommendations();
    private final ScaleEvents added = new ScaleEvents();
    private final ScaleEvents removed = new ScaleEvents();

    /**
     * An autoscaler that has seen nothing.
     *
     * @param min the fewest replicas, at least 1
     * @param behavior empty where the HPA has none; then other, older rules apply
     */
    public Autoscaler(int min, int max, Optional<Behavior> behavior) {
        if (min < 1 || max < min) {
            throw new IllegalArgumentException("allowed is 1 ≤ min ≤ max, not " + min + " and " + max);
        }
        this.min = min;
        this.max = max;
        this.behavior = behavior;
    }

    /**
     * Decides, and assumes that the decision is carried out.
     *
     * @param now since any fixed moment; never less than in the call before
     * @param current replicas of the scale, including those that are not ready yet, without those that leave
     * @param readings one for each metric
     */
    public Decision decide(Duration now, int current, List<Reading> readings) {
        Decision decision = decision(now, current, readings);
        behavior.ifPresent(rules -> note(now, decision.replicas() - current, rules));
        return decision;
    }

    private Decision decision(Duration now, int current, List<Reading> readings) {
        if (current > max) {
            return new Decision(max, max, "more than the maximum");
        }
        if (current < min) {
            return new Decision(min, min, "fewer than the minimum");
        }
        return switch (Recommendation.of(readings, current)) {
            case Recommendation.Unknown unknown -> new Decision(current, current, unknown.reason());
            case Recommendation.Wanted wanted -> {
                int replicas = behavior.map(rules -> withBehavior(rules, now, current, wanted.replicas()))
                        .orElseGet(() -> withoutBehavior(now, current, wanted.replicas()));
                yield new Decision(replicas, wanted.replicas(), wanted.metric());
            }
        };
    }

    /** {@code normalizeDesiredReplicasWithBehaviors}. */
    private int withBehavior(Behavior rules, Duration now, int current, int wanted) {
        int lowest =
                recommendations.within(rules.up().window(), now, wanted).min().getAsInt();
        int highest =
                recommendations.within(rules.down().window(), now, wanted).max().getAsInt();
        Duration up = rules.up().window();
        Duration down = rules.down().window();
        recommendations.add(now, wanted, up.compareTo(down) > 0 ? up : down);

        // As near to the current number as the recommendations of both windows allow.
        int stable = Math.min(Math.max(current, lowest), highest);
        Allowance allowance = new Allowance(current, added, removed, now);
        if (stable > current) {
            return Math.min(stable, Math.min(max, allowance.most(rules.up())));
        }
        if (stable < current) {
            return Math.max(stable, Math.max(min, allowance.fewest(rules.down())));
        }
        return current;
    }

    /**
     * {@code normalizeDesiredReplicas}: the highest recommendation of five minutes, but at most the larger of four and
     * twice the current number.
     */
    private int withoutBehavior(Duration now, int current, int wanted) {
        Duration window = Rules.DEFAULT_DOWN.window();
        int highest = recommendations.within(window, now, wanted).max().getAsInt();
        recommendations.add(now, wanted, window);
        return Math.max(min, Math.min(highest, Math.min(max, Math.max(2 * current, 4))));
    }

    private void note(Duration now, int change, Behavior rules) {
        if (change > 0) {
            added.add(now, change, rules.up().longestPeriod());
        } else if (change < 0) {
            removed.add(now, -change, rules.down().longestPeriod());
        }
    }
}
