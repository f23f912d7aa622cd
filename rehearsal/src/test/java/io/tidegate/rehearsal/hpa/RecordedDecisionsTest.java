package io.tidegate.rehearsal.hpa;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * What the real HPA of Kubernetes 1.36 and KEDA 2.21 did with Deployments whose load went from 10 to 115 and back, where 20 were
 * wanted a pod, with a look each 5 s; and what is decided here at the same loads. The recordings hold the numbers of replicas in
 * their order, not their moments.
 */
class RecordedDecisionsTest {
    private static final int LOOKS = 24;
    private static final Behavior BEHAVIOR = new Behavior(rules(0, 4), rules(15, 2));

    private final Autoscaler autoscaler = new Autoscaler(1, 10, Optional.of(BEHAVIOR));
    private int now;
    private int replicas = 1;

    @Test
    void theSumOfTheFleet() {
        assertEquals(List.of(1), changes(current -> 10));
        assertEquals(List.of(1, 5, 6), changes(current -> 115));
        assertEquals(List.of(6, 4, 2, 1), changes(current -> 10));
    }

    @Test
    void theMeanOfAPodDividedAgain() {
        assertEquals(List.of(1), changes(current -> 10.0 / current));
        assertEquals(
                List.of(1, 5, 3, 2, 3, 2, 3, 2, 3),
                changes(current -> 115.0 / current).subList(0, 9));
    }

    private List<Integer> changes(IntToDoubleFunction answer) {
        List<Integer> changes = new ArrayList<>(List.of(replicas));
        for (int i = 0; i < LOOKS; i++) {
            Reading reading = Reading.Value.of("load", answer.applyAsDouble(replicas), 20);
            replicas = autoscaler
                    .decide(Duration.ofSeconds(now), replicas, List.of(reading))
                    .replicas();
            now += 5;
            if (replicas != changes.getLast()) {
                changes.add(replicas);
            }
        }
        return changes;
    }

    private static Rules rules(int window, int pods) {
        return new Rules(
                Duration.ofSeconds(window),
                List.of(new Policy(Policy.Type.PODS, pods, Duration.ofSeconds(5))),
                Rules.Select.MAX);
    }
}
