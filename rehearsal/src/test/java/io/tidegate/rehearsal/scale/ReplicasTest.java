package io.tidegate.rehearsal.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which pods start and leave, apart from any server. */
class ReplicasTest {
    private final List<Fake> pods = new ArrayList<>();

    private Replicas replicas(String maxSurge, String maxUnavailable) {
        List<Slot> slots =
                IntStream.range(0, 12).mapToObj(i -> new Slot("p" + i, i, i)).toList();
        return new Replicas(slots, new RollingUpdate(maxSurge, maxUnavailable), (slot, number, revision) -> {
            pods.add(new Fake(slot, number, revision));
            return pods.getLast();
        });
    }

    private void ready() {
        pods.stream()
                .filter(pod -> pod.phase == PodView.Phase.STARTING)
                .forEach(pod -> pod.phase = PodView.Phase.READY);
    }

    private void gone() {
        pods.stream().filter(pod -> pod.phase == PodView.Phase.LEAVING).forEach(pod -> pod.phase = PodView.Phase.GONE);
    }

    private List<Integer> in(PodView.Phase phase) {
        return pods.stream()
                .filter(pod -> pod.phase == phase)
                .map(pod -> pod.number)
                .toList();
    }

    @Test
    void theYoungestOfEqualPodsLeave() {
        Replicas replicas = replicas("25%", "0");
        replicas.scale(4);
        ready();
        replicas.scale(2);
        assertEquals(List.of(0, 1), in(PodView.Phase.READY));
        assertEquals(List.of(2, 3), in(PodView.Phase.LEAVING));
    }

    @Test
    void podsThatAreNotReadyLeaveFirstThenThoseThatCostLeast() {
        Replicas replicas = replicas("25%", "0");
        replicas.scale(4);
        ready();
        for (Fake pod : pods) {
            pod.cost = 10 - pod.number;
        }
        pods.get(1).cost = 1;
        replicas.scale(5);
        replicas.scale(4);
        assertEquals(List.of(4), in(PodView.Phase.LEAVING));
        replicas.scale(2);
        assertEquals(List.of(1, 3, 4), in(PodView.Phase.LEAVING));
    }

    @Test
    void aRolloutAddsWhatItMayAndDismissesWhenANewPodIsReady() {
        Replicas replicas = replicas("25%", "0");
        replicas.scale(5);
        ready();
        replicas.replaceAll();
        assertEquals(List.of(5, 6), in(PodView.Phase.STARTING));
        assertEquals(5, in(PodView.Phase.READY).size());
        replicas.step();
        assertEquals(7, pods.size());
        assertEquals(5, replicas.wanted(), "what the HPA reads");
        ready();
        replicas.step();
        assertEquals(List.of(3, 4), in(PodView.Phase.LEAVING));
        replicas.step();
        assertEquals(List.of(7, 8), in(PodView.Phase.STARTING));
        for (int i = 0; i < 2; i++) {
            ready();
            replicas.step();
            replicas.step();
        }
        assertEquals(List.of(0, 1, 2, 3, 4), in(PodView.Phase.LEAVING));
        assertEquals(List.of(5, 6, 7, 8, 9), in(PodView.Phase.READY));
        assertFalse(replicas.isComplete());
        gone();
        assertTrue(replicas.isComplete());
        assertTrue(pods.subList(5, 10).stream().allMatch(pod -> pod.revision == 2));
    }

    @Test
    void withoutASurgePodsLeaveFirst() {
        Replicas replicas = replicas("0", "1");
        replicas.scale(3);
        ready();
        replicas.replaceAll();
        assertEquals(List.of(2), in(PodView.Phase.LEAVING));
        replicas.step();
        assertEquals(List.of(3), in(PodView.Phase.STARTING));
        replicas.step();
        assertEquals(List.of(0, 1), in(PodView.Phase.READY));
    }

    /** Kubernetes: maxSurge is rounded up, maxUnavailable down, and one is missing where both are 0. */
    @ParameterizedTest
    @CsvSource({"25%,0,10,3,0", "25%,25%,5,2,1", "2,1,10,2,1", "0%,0%,4,0,1", "100%,0,3,3,0"})
    void theRoomOfARolloutIsRoundedAsKubernetesDoes(
            String maxSurge, String maxUnavailable, int replicas, int surge, int unavailable) {
        RollingUpdate update = new RollingUpdate(maxSurge, maxUnavailable);
        assertEquals(surge, update.surge(replicas));
        assertEquals(unavailable, update.unavailable(replicas));
    }

    private static final class Fake implements Replica {
        private final Slot slot;
        private final int number;
        private final int revision;
        private PodView.Phase phase = PodView.Phase.STARTING;
        private int cost;

        private Fake(Slot slot, int number, int revision) {
            this.slot = slot;
            this.number = number;
            this.revision = revision;
        }

        @Override
        public Slot slot() {
            return slot;
        }

        @Override
        public int revision() {
            return revision;
        }

        @Override
        public PodView.Phase phase() {
            return phase;
        }

        @Override
        public int cost() {
            return cost;
        }

        @Override
        public PodView view() {
            return new PodView("pod " + number, phase, 0, 0, "");
        }

        @Override
        public void leave() {
            phase = PodView.Phase.LEAVING;
        }

        @Override
        public void kill() {
            phase = PodView.Phase.GONE;
        }
    }
}
