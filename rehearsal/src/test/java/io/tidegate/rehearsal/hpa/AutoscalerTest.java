package io.tidegate.rehearsal.hpa;

import static io.tidegate.rehearsal.hpa.Policy.Type.PERCENT;
import static io.tidegate.rehearsal.hpa.Policy.Type.PODS;
import static io.tidegate.rehearsal.hpa.Rules.Select.DISABLED;
import static io.tidegate.rehearsal.hpa.Rules.Select.MAX;
import static io.tidegate.rehearsal.hpa.Rules.Select.MIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Kubernetes' {@code horizontal.go}: windows, policies, limits. The HPA looks each 15 s; a pod's target is 1,000. */
class AutoscalerTest {
    private static final int SYNC = 15;
    private static final Rules UP = rules(0, MAX, policy(PERCENT, 100, 30));
    private static final Rules DOWN = rules(600, MAX, policy(PODS, 1, 120));
    /** The chart's defaults. */
    private static final Behavior CHART = new Behavior(UP, DOWN);

    private int now;
    private int replicas = 2;

    @Test
    void growingDoublesEachPeriod() {
        Autoscaler autoscaler = autoscaler(CHART);
        assertEquals(List.of(4, 4, 8, 8, 10, 10), looks(autoscaler, 6, current -> 10_000));
    }

    @Test
    void aSumIsStillWhereTheLoadIs() {
        Autoscaler autoscaler = autoscaler(CHART);
        looks(autoscaler, 20, current -> 10_000);
        assertEquals(
                List.of(10),
                looks(autoscaler, 400, current -> 10_000).stream().distinct().toList());
    }

    @Test
    void shrinkingWaitsForTheWholeWindow() {
        Autoscaler autoscaler = autoscaler(CHART);
        looks(autoscaler, 10, current -> 10_000);
        List<Integer> after = looks(autoscaler, 41, current -> 1_000);
        assertEquals(40, after.indexOf(9) + 1, "looks until the last wish of 10 pods is 600 s old");
    }

    @Test
    void shrinkingTakesOnePodEachPeriod() {
        Autoscaler autoscaler = autoscaler(CHART);
        looks(autoscaler, 10, current -> 10_000);
        looks(autoscaler, 39, current -> 1_000);
        List<Integer> after = looks(autoscaler, 64, current -> 1_000);
        assertEquals(9, after.getFirst());
        assertEquals(8, after.get(8));
        assertEquals(2, after.get(56));
        assertEquals(2, after.getLast());
    }

    @Test
    void aSecondSurgeWithinTheWindowEndsTheShrinking() {
        Autoscaler autoscaler = autoscaler(CHART);
        looks(autoscaler, 10, current -> 10_000);
        looks(autoscaler, 20, current -> 1_000);
        assertEquals(List.of(10), looks(autoscaler, 1, current -> 10_000));
        assertEquals(
                List.of(10),
                looks(autoscaler, 39, current -> 1_000).stream().distinct().toList());
    }

    @Test
    void aWindowForGrowingTakesTheLowestWish() {
        Autoscaler autoscaler = autoscaler(new Behavior(rules(60, MAX, policy(PERCENT, 400, 15)), DOWN));
        looks(autoscaler, 4, current -> 2_000);
        assertEquals(List.of(2, 2, 2, 10), looks(autoscaler, 4, current -> 10_000));
    }

    @Test
    void ofSeveralPoliciesTheOneThatAllowsMostCounts() {
        Behavior behavior = new Behavior(rules(0, MAX, policy(PODS, 4, 15), policy(PERCENT, 100, 15)), DOWN);
        assertEquals(List.of(6, 12, 24), looks(autoscaler(behavior), 3, current -> 24_000));
    }

    @Test
    void ofSeveralPoliciesTheOneThatAllowsLeastCountsWhereChosen() {
        Behavior behavior = new Behavior(rules(0, MIN, policy(PODS, 4, 15), policy(PERCENT, 100, 15)), DOWN);
        assertEquals(List.of(4, 8, 12), looks(autoscaler(behavior), 3, current -> 24_000));
    }

    @Test
    void forShrinkingTheLeastIsTheSmallestStep() {
        replicas = 20;
        Behavior behavior = new Behavior(UP, rules(0, MIN, policy(PODS, 4, 15), policy(PERCENT, 10, 15)));
        assertEquals(List.of(18, 16, 14), looks(autoscaler(behavior), 3, current -> 2_000));
    }

    @Test
    void forShrinkingTheMostIsTheLargestStep() {
        replicas = 20;
        Behavior behavior = new Behavior(UP, rules(0, MAX, policy(PODS, 4, 15), policy(PERCENT, 50, 15)));
        assertEquals(List.of(10, 5, 2), looks(autoscaler(behavior), 3, current -> 1_000));
    }

    @Test
    void growingCanBeDisabled() {
        assertEquals(List.of(2), looks(autoscaler(new Behavior(rules(0, DISABLED), DOWN)), 1, current -> 10_000));
    }

    @Test
    void shrinkingCanBeDisabled() {
        replicas = 10;
        assertEquals(List.of(10), looks(autoscaler(new Behavior(UP, rules(0, DISABLED))), 1, current -> 1_000));
    }

    @Test
    void aShareOfASmallFleetIsRoundedUpForGrowing() {
        Behavior behavior = new Behavior(rules(0, MAX, policy(PERCENT, 10, 15)), DOWN);
        assertEquals(List.of(3, 4), looks(autoscaler(behavior), 2, current -> 10_000));
    }

    @Test
    void aShareIsRoundedInFavourOfShrinking() {
        replicas = 5;
        Behavior behavior = new Behavior(UP, rules(0, MAX, policy(PERCENT, 10, 15)));
        assertEquals(List.of(4, 3), looks(autoscaler(behavior), 2, current -> 2_000));
    }

    @Test
    void whatWasAddedWithinThePeriodIsUsedUp() {
        Behavior behavior = new Behavior(rules(0, MAX, policy(PODS, 3, 60)), DOWN);
        assertEquals(List.of(5, 5, 5, 5, 8), looks(autoscaler(behavior), 5, current -> 10_000));
    }

    @Test
    void aChangeInTheOtherDirectionGivesTheAllowanceBack() {
        Behavior behavior = new Behavior(rules(0, MAX, policy(PODS, 3, 60)), rules(0, MAX, policy(PODS, 3, 60)));
        Autoscaler autoscaler = autoscaler(behavior);
        assertEquals(List.of(5), looks(autoscaler, 1, current -> 10_000));
        assertEquals(List.of(2), looks(autoscaler, 1, current -> 1_000));
        assertEquals(List.of(5), looks(autoscaler, 1, current -> 10_000));
    }

    @Test
    void neverMoreThanTheMaximum() {
        assertEquals(50, looks(autoscaler(CHART), 20, current -> 1_000_000).getLast());
    }

    @Test
    void neverFewerThanTheMinimum() {
        assertEquals(
                List.of(2),
                looks(autoscaler(CHART), 100, current -> 0).stream().distinct().toList());
    }

    @Test
    void moreThanTheMaximumIsCutAtOnce() {
        replicas = 60;
        assertEquals(List.of(50), looks(autoscaler(CHART), 1, current -> 60_000));
    }

    @Test
    void fewerThanTheMinimumIsFilledUpAtOnce() {
        replicas = 1;
        assertEquals(List.of(2), looks(autoscaler(CHART), 1, current -> 0));
    }

    @Test
    void withoutMetricsNothingMoves() {
        replicas = 10;
        Autoscaler autoscaler = autoscaler(CHART);
        Decision decision =
                autoscaler.decide(Duration.ZERO, 10, List.of(new Reading.Failed("connections", "no answer")));
        assertEquals(new Decision(10, 10, "connections: no answer"), decision);
    }

    @Test
    void aFailureLeavesNoWishBehind() {
        Autoscaler autoscaler = autoscaler(new Behavior(UP, rules(30, MAX, policy(PODS, 10, 15))));
        looks(autoscaler, 10, current -> 10_000);
        autoscaler.decide(Duration.ofSeconds(now), 10, List.of(new Reading.Failed("connections", "no answer")));
        now += SYNC;
        looks(autoscaler, 1, current -> 1_000);
        assertEquals(List.of(2), looks(autoscaler, 1, current -> 1_000));
    }

    /** Each trigger of the article divides by the pods, and the HPA does so once more. */
    @Test
    void theArticlesQuerySwingsForEver() {
        Autoscaler autoscaler = new Autoscaler(2, 50, Optional.empty());
        List<Integer> changes = new ArrayList<>(List.of(replicas));
        for (int each : looks(autoscaler, 400, current -> 10_000 / current)) {
            if (each != changes.getLast()) {
                changes.add(each);
            }
        }
        assertEquals(List.of(2, 4, 5, 3, 4, 3, 4, 3, 4), changes.subList(0, 9), "and never 10");
    }

    @Test
    void withoutBehaviorTheFleetDoublesAtMostEachLook() {
        replicas = 3;
        assertEquals(List.of(6, 12, 24, 30), looks(new Autoscaler(2, 50, Optional.empty()), 4, current -> 30_000));
    }

    @Test
    void withoutBehaviorTheHighestWishOfFiveMinutesCounts() {
        Autoscaler autoscaler = new Autoscaler(2, 50, Optional.empty());
        looks(autoscaler, 4, current -> 10_000);
        List<Integer> after = looks(autoscaler, 20, current -> 1_000);
        assertEquals(10, after.get(18));
        assertEquals(2, after.get(19));
    }

    @Test
    void limitsThatContradictEachOtherAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Autoscaler(5, 4, Optional.of(CHART)));
        assertThrows(IllegalArgumentException.class, () -> new Autoscaler(0, 4, Optional.of(CHART)));
    }

    private static Autoscaler autoscaler(Behavior behavior) {
        return new Autoscaler(2, 50, Optional.of(behavior));
    }

    private static Rules rules(int window, Rules.Select select, Policy... policies) {
        return new Rules(Duration.ofSeconds(window), List.of(policies), select);
    }

    private static Policy policy(Policy.Type type, int value, int period) {
        return new Policy(type, value, Duration.ofSeconds(period));
    }

    /** The replicas after each of some looks, at a value that may depend on the replicas before. */
    private List<Integer> looks(Autoscaler autoscaler, int count, IntUnaryOperator value) {
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Reading reading = Reading.Value.of("connections", value.applyAsInt(replicas), 1_000);
            replicas = autoscaler
                    .decide(Duration.ofSeconds(now), replicas, List.of(reading))
                    .replicas();
            seen.add(replicas);
            now += SYNC;
        }
        return seen;
    }
}
