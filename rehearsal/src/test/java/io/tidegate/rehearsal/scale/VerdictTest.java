package io.tidegate.rehearsal.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.rehearsal.hpa.Decision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A surge from 100 s to 400 s, all there at 200 s, that needs 4 pods; the ebb until 700 s. */
class VerdictTest {
    private static final Phase SURGE = new Phase(100, 200, 400);
    private static final Phase EBB = new Phase(400, 450, 700);
    private static final Verdict.Tally CLEAN = new Verdict.Tally(0, 0, 0, 0, List.of());

    private final List<Moment> moments = new ArrayList<>();

    @Test
    void aFleetThatFollowsAndIsEvenIsGood() {
        fine();
        assertEquals(List.of(), complaints(CLEAN));
    }

    @ParameterizedTest
    @CsvSource({"1,0,0,0,lost: 1", "0,2,0,0,duplicated: 2", "0,0,3,0,out of order: 3", "0,0,0,4,forced: 4"})
    void nothingMayBeLostDoubledReorderedOrForced(long lost, long doubled, long reordered, int forced, String said) {
        fine();
        complainsOnlyOf(said, new Verdict.Tally(lost, doubled, reordered, forced, List.of()));
    }

    @Test
    void aPodThatFailsIsNamed() {
        fine();
        complainsOnlyOf("pod 3: exit code 1", new Verdict.Tally(0, 0, 0, 0, List.of("pod 3: exit code 1")));
    }

    @Test
    void shrinkingDuringTheSurgeIsAnOscillation() {
        fine();
        at(300, 3, 100, 100, 100, 100);
        complainsOnlyOf("oscillations: 1", CLEAN);
    }

    @Test
    void growingDuringTheEbbIsAnOscillation() {
        fine();
        at(500, 2, 50, 50);
        at(600, 3, 50, 50);
        complainsOnlyOf("oscillations: 1", CLEAN);
    }

    @Test
    void aRolloutMovesAClientOnceWithFewExceptions() {
        fine();
        Phase phase = new Phase(300, 350, 400);
        assertEquals(List.of(), complaints(CLEAN, Optional.of(new Rollout(phase, true, 100, 120))));
        assertEquals(
                List.of("moves in the rollout: 1.21 a client (at most 1.2)"),
                complaints(CLEAN, Optional.of(new Rollout(phase, true, 100, 121))));
        assertEquals(
                List.of("rollout: not all pods replaced within 50 s"),
                complaints(CLEAN, Optional.of(new Rollout(phase, false, 100, 100))));
    }

    @Test
    void anyOtherNumberOfPodsDuringARolloutIsAnOscillation() {
        fine();
        at(399, 3, 100, 100, 100, 100);
        Rollout rollout = new Rollout(new Phase(395, 400, 400), true, 100, 100);
        at(399.5, 4, 100, 100, 100, 100);
        moments.sort(Comparator.comparing(Moment::at));
        List<String> complaints = Verdict.of(
                        moments, new Verdict.Phases(new Phase(100, 200, 395), Optional.of(rollout), EBB), 4, CLEAN)
                .lines()
                .stream()
                .filter(line -> !line.good())
                .map(Verdict.Line::text)
                .toList();
        assertEquals(1, complaints.size(), complaints.toString());
        assertTrue(complaints.getFirst().startsWith("oscillations: "), complaints.toString());
    }

    @Test
    void aDecisionAfterTwoLooksIsLate() {
        at(0, 2, 50, 50);
        at(231, 4, 100, 100, 100, 100);
        at(650, 2, 50, 50);
        complainsOnlyOf("time to scale: 4 pods decided 31 s", CLEAN);
    }

    @Test
    void morePodsThanNeededAreNamed() {
        at(0, 2, 50, 50);
        at(210, 4, 100, 100, 100, 100);
        at(390, 5, 100, 100, 100, 100);
        at(650, 2, 50, 50);
        complainsOnlyOf("never more than the 4 pods that are needed: at most 5", CLEAN);
    }

    @Test
    void tooFewPodsAreNamed() {
        at(0, 2, 50, 50);
        at(210, 3, 100, 100, 100, 100);
        at(650, 2, 50, 50);
        complainsOnlyOf("time to scale: never 4 pods, at most 3", CLEAN);
    }

    @Test
    void aFleetThatGetsEvenTooLateIsNamed() {
        at(0, 2, 50, 50);
        at(210, 4, 190, 190, 10, 10);
        at(271, 4, 190, 190, 10, 10);
        at(300, 4, 100, 100, 100, 100);
        at(650, 2, 50, 50);
        complainsOnlyOf("even: every pod within 25 % of the mean 61 s", CLEAN);
    }

    @Test
    void aFleetThatStaysUnevenIsNamedWithItsBusiestPod() {
        at(0, 2, 50, 50);
        at(210, 4, 190, 190, 10, 10);
        at(650, 2, 50, 50);
        complainsOnlyOf("even: never within 25 % of the mean; the busiest pod held 190", CLEAN);
    }

    @Test
    void aFleetThatDoesNotShrinkIsNamed() {
        at(0, 2, 50, 50);
        at(210, 4, 100, 100, 100, 100);
        at(650, 3, 50, 50);
        complainsOnlyOf("back to 2 pods: 3", CLEAN);
    }

    @Test
    void aPodThatLeavesNeedNotBeEven() {
        Map<String, Moment.Load> load = new HashMap<>();
        load.put("a", new Moment.Load(100, true));
        load.put("b", new Moment.Load(3, false));
        assertTrue(moment(0, 1, load).isEven(0.01));
    }

    private void fine() {
        at(0, 2, 50, 50);
        at(210, 4, 190, 190, 10, 10);
        at(270, 4, 100, 120, 80, 100);
        at(650, 2, 50, 50);
    }

    private void at(double second, int desired, int... connections) {
        Map<String, Moment.Load> load = new HashMap<>();
        for (int i = 0; i < connections.length; i++) {
            load.put("pod " + i, new Moment.Load(connections[i], true));
        }
        moments.add(moment(second, desired, load));
        moments.sort(Comparator.comparing(Moment::at));
    }

    private static Moment moment(double second, int desired, Map<String, Moment.Load> load) {
        return new Moment(
                second,
                new Decision(desired, desired, "connections"),
                new Moment.Pods(0, load.size(), 0),
                new Moment.Clients(0, 0, 0, 0),
                load,
                Optional.empty());
    }

    private void complainsOnlyOf(String what, Verdict.Tally tally) {
        List<String> complaints = complaints(tally);
        assertEquals(1, complaints.size(), complaints.toString());
        assertTrue(complaints.getFirst().startsWith(what), complaints.toString());
    }

    private List<String> complaints(Verdict.Tally tally) {
        return complaints(tally, Optional.empty());
    }

    private List<String> complaints(Verdict.Tally tally, Optional<Rollout> rollout) {
        return Verdict.of(moments, new Verdict.Phases(SURGE, rollout, EBB), 4, tally).lines().stream()
                .filter(line -> !line.good())
                .map(Verdict.Line::text)
                .toList();
    }
}
