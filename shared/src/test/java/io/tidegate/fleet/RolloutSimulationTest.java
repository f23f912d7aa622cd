package io.tidegate.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rollouts behind a Service that chooses by chance: a node starts, and when it is ready an old one drains. */
class RolloutSimulationTest {
    private static final int NODES = 5;
    private static final int CLIENTS = 200;
    private static final Duration UNTIL_READY = Duration.ofSeconds(15);
    /** Where an image is pulled first, or a machine started. */
    private static final Duration SLOW = Duration.ofSeconds(60);

    private static final Duration UNTIL_SIGTERM = Duration.ofSeconds(15);
    private static final Duration A_DRAIN = Duration.ofSeconds(32);

    /** So often a client tries in its slot, before it takes whatever node it gets. */
    private static final int TRIES = 6;

    private Random random = new Random(1);
    private int moves;
    private final SimulatedFleet fleet = new SimulatedFleet(this::balance);

    @AfterEach
    void close() {
        fleet.close();
    }

    private SimulatedNode balance(List<SimulatedNode> nodes) {
        moves++;
        SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
        for (int i = 1; i < TRIES && !node.takesHandOver(); i++) {
            node = nodes.get(random.nextInt(nodes.size()));
        }
        return node.takesHandOver() ? node : nodes.get(random.nextInt(nodes.size()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aClientMovesOnce(long seed) throws InterruptedException {
        random = new Random(seed);
        double with = Math.max(movesAClient("old", "new", UNTIL_READY), movesAClient("new", "newer", SLOW));
        assertTrue(with >= 1 && with < 1.2, () -> with + " moves a client");
        assertEquals(0, fleet.rebalanced(), "nobody had to be moved for evenness afterwards");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void withoutARevisionItMovesTwice(long seed) throws InterruptedException {
        random = new Random(seed);
        double without = movesAClient("", "", SLOW);
        assertTrue(without > 1.7, () -> without + " moves a client");
    }

    @Test
    void duringARolloutNobodyIsHandedOverToEvenOut() throws InterruptedException {
        fleet.start(revision("old")).connect(300);
        fleet.start(revision("old")).connect(10);
        SimulatedNode third = fleet.start(revision("new"));
        fleet.pass(Duration.ofMinutes(9));
        assertEquals(0, fleet.rebalanced());
        assertTrue(third.fleet.isRollingOut());
        fleet.pass(Duration.ofMinutes(3));
        assertFalse(third.fleet.isRollingOut(), "it is paused");
        assertTrue(fleet.rebalanced() > 100, () -> fleet.rebalanced() + " were handed over");
    }

    @Test
    void aRolloutThatIsUndoneLeadsBack() throws InterruptedException {
        SimulatedNode old = fleet.start(revision("old")).connect(50);
        fleet.pass(Duration.ofMinutes(1));
        SimulatedNode first = fleet.start(revision("new"));
        SimulatedNode second = fleet.start(revision("new")).connect(20);
        fleet.pass(UNTIL_READY);
        assertFalse(old.takesHandOver());
        assertTrue(first.takesHandOver());
        SimulatedNode back = fleet.start(revision("old"));
        fleet.pass(Duration.ofSeconds(3));
        assertFalse(back.takesHandOver(), "nobody can know that it is undone");
        first.drain();
        fleet.pass(Duration.ofSeconds(3));
        assertTrue(back.takesHandOver());
        assertFalse(second.takesHandOver());
    }

    @Test
    void whatOldNodesRefuseEndsWithTheLastReportOfANewOne() throws InterruptedException {
        assertRefusalEnds((old, young) -> fleet.crash(young));
    }

    @Test
    void anOutageOfTheRelayEndsItToo() throws InterruptedException {
        assertRefusalEnds((old, young) -> {
            old.fixture.relay.down = true;
            young.fixture.relay.down = true;
        });
    }

    @FunctionalInterface
    private interface Event {
        void happens(SimulatedNode old, SimulatedNode young) throws InterruptedException;
    }

    /** Three intervals after the new node is not heard any more. */
    private void assertRefusalEnds(Event event) throws InterruptedException {
        SimulatedNode old = fleet.start(revision("old")).connect(50);
        SimulatedNode young = fleet.start(revision("new"));
        fleet.pass(Duration.ofSeconds(3));
        assertFalse(old.takesHandOver());
        event.happens(old, young);
        fleet.pass(Duration.ofSeconds(7));
        assertTrue(old.takesHandOver());
    }

    /** As a Deployment does it, with one more pod than wanted: a pod that is being deleted does not count, however long it drains. */
    private double movesAClient(String before, String after, Duration untilReady) throws InterruptedException {
        List<SimulatedNode> old = new ArrayList<>(fleet.nodes);
        while (old.size() < NODES) {
            old.add(fleet.start(revision(before)).connect(CLIENTS / NODES));
        }
        fleet.pass(Duration.ofMinutes(1));
        moves = 0;
        for (SimulatedNode each : old) {
            fleet.pass(untilReady.minus(UNTIL_READY));
            fleet.withdrawn.add(fleet.start(revision(after)));
            fleet.pass(UNTIL_READY);
            fleet.withdrawn.clear();
            fleet.withdrawn.addAll(old.subList(0, old.indexOf(each) + 1));
            each.drainAt(fleet.clock.nanoTime() + UNTIL_SIGTERM.toNanos());
        }
        fleet.pass(UNTIL_SIGTERM.plus(A_DRAIN));
        for (SimulatedNode each : old) {
            assertEquals(0, each.connections());
            fleet.crash(each);
        }
        fleet.withdrawn.clear();
        fleet.pass(Duration.ofMinutes(2));
        return (double) moves / CLIENTS;
    }

    private static Map<String, String> revision(String name) {
        return Map.of("tidegate.fleet.revision", name);
    }
}
