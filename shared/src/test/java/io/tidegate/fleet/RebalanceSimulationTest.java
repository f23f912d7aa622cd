package io.tidegate.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.HubFixture.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole fleets on one clock, whose clients come back by way of a balancer: they even out, and then stand still. */
class RebalanceSimulationTest {
    /** Each twentieth a second: half in 14 s, a tenth in 46 s; notice and slot beside. */
    private static final Duration TO_EVEN_OUT = Duration.ofSeconds(90);

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 10})
    void aCrowdOnOneNodeSpreadsOverAllThatAppear(int nodes) throws InterruptedException {
        try (SimulatedFleet fleet = new SimulatedFleet(RebalanceSimulationTest::leastConnections)) {
            fleet.start(Map.of()).connect(100 * nodes);
            for (int i = 1; i < nodes; i++) {
                fleet.pass(Duration.ofMillis(700));
                fleet.start(Map.of());
            }
            fleet.pass(TO_EVEN_OUT);
            assertEven(fleet, 0.05);
            assertStandsStill(fleet);
            assertTrue(fleet.rebalanced() < 110L * nodes, () -> fleet.rebalanced() + " moved, each about once");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whereClientsArriveByChanceItIsTheSame(long seed) throws InterruptedException {
        Random random = new Random(seed);
        try (SimulatedFleet fleet = new SimulatedFleet(nodes -> nodes.get(random.nextInt(nodes.size())))) {
            fleet.start(Map.of()).connect(1_000);
            fleet.start(Map.of());
            fleet.start(Map.of());
            fleet.start(Map.of());
            fleet.pass(TO_EVEN_OUT.multipliedBy(2));
            assertEven(fleet, 0.2);
            assertStandsStill(fleet);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void crowdedNodesThatShareAnEmptyOneDoNotOverfillIt(int crowded) throws InterruptedException {
        try (SimulatedFleet fleet = new SimulatedFleet(RebalanceSimulationTest::leastConnections)) {
            for (int i = 0; i < crowded; i++) {
                fleet.start(Map.of()).connect(200 + 20 * i);
            }
            SimulatedNode empty = fleet.start(Map.of());
            int most = 0;
            for (int i = 0; i < 120; i++) {
                fleet.pass(Duration.ofSeconds(1));
                most = Math.max(most, empty.connections());
            }
            double mean = mean(fleet);
            assertTrue(most <= mean * 1.05, "it held " + most + ", of a mean of " + mean);
            fleet.connections().forEach(held -> assertTrue(held <= mean * 1.2, () -> held + " of " + mean));
            assertStandsStill(fleet);
        }
    }

    /** Least connections alone would leave it to new clients; by chance alone each that moves finds it one time in ten. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneMoreAmongManyIsFilledToo(boolean leastConnections) throws InterruptedException {
        Random random = new Random(7);
        // Of so few, 20 are a fifteenth.
        Map<String, String> few = Map.of("tidegate.rebalance.minimum", "5");
        try (SimulatedFleet fleet = new SimulatedFleet(
                nodes -> leastConnections ? leastConnections(nodes) : nodes.get(random.nextInt(nodes.size())))) {
            for (int i = 0; i < 9; i++) {
                fleet.start(few).connect(300);
            }
            fleet.start(few);
            fleet.pass(leastConnections ? TO_EVEN_OUT : TO_EVEN_OUT.multipliedBy(3));
            assertEven(fleet, leastConnections ? 0.05 : 0.25);
            assertStandsStill(fleet);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void whileNodesComeAndGoItFollows(long seed) throws InterruptedException {
        Random random = new Random(seed);
        try (SimulatedFleet fleet = new SimulatedFleet(RebalanceSimulationTest::leastConnections)) {
            fleet.start(Map.of()).connect(500);
            for (int i = 0; i < 8; i++) {
                if (fleet.nodes.size() < 2 || random.nextBoolean()) {
                    fleet.start(Map.of());
                } else {
                    fleet.crash(fleet.nodes.get(random.nextInt(fleet.nodes.size())));
                }
                fleet.pass(Duration.ofSeconds(random.nextInt(20)));
                assertEquals(500, fleet.connections().stream().mapToInt(c -> c).sum());
            }
            fleet.pass(TO_EVEN_OUT);
            assertEven(fleet, 0.2);
            assertStandsStill(fleet);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {50, 100, 150})
    void nodesOfDifferentSizeEachTakeWhatTheyCan(int limit) throws InterruptedException {
        try (SimulatedFleet fleet = new SimulatedFleet(RebalanceSimulationTest::leastConnections)) {
            fleet.start(Map.of()).connect(600);
            SimulatedNode small = fleet.start(Map.of("tidegate.limits.connections", String.valueOf(limit)));
            fleet.start(Map.of());
            fleet.pass(TO_EVEN_OUT);
            assertEquals(limit, small.connections());
            int half = (600 - limit) / 2;
            IntStream.of(0, 2)
                    .map(i -> fleet.connections().get(i))
                    .forEach(held -> assertEquals(half, held, half * 0.06, () -> "of " + fleet.connections()));
            assertStandsStill(fleet);
        }
    }

    /** The balancer does not know it, or it is none: it tells the others that it has nobody. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 6})
    void forANodeThatNobodyReachesFewAreMovedInVain(int nodes) throws InterruptedException {
        List<SimulatedNode> reached = new ArrayList<>();
        Random random = new Random(3);
        try (SimulatedFleet fleet = new SimulatedFleet(all -> reached.get(random.nextInt(reached.size())))) {
            for (int i = 0; i < nodes; i++) {
                reached.add(fleet.start(Map.of()).connect(1_000));
            }
            fleet.pass(Duration.ofSeconds(10));
            SimulatedNode ghost = fleet.start(Map.of());
            fleet.pass(Duration.ofMinutes(4));
            // Two trials. Without one each client moved some times over.
            assertTrue(fleet.rebalanced() <= 80L * nodes, () -> fleet.rebalanced() + " of " + 1_000 * nodes);

            // The balancer has learned of it, and new clients come.
            reached.add(ghost);
            fleet.arrive(40);
            fleet.pass(TO_EVEN_OUT.multipliedBy(2));
            assertEven(fleet, 0.25);
            assertStandsStill(fleet);
        }
    }

    /** Opened and reset together: what comes and goes moves no more than the trial of each time. */
    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void aCrowdThatComesAndGoesMovesFew(int seconds) throws InterruptedException {
        try (SimulatedFleet fleet = new SimulatedFleet(RebalanceSimulationTest::leastConnections)) {
            SimulatedNode one = fleet.start(Map.of());
            SimulatedNode other = fleet.start(Map.of());
            for (int i = 0; i < 50; i++) {
                one.fixture.connectFull();
                other.fixture.connectFull();
            }
            fleet.pass(Duration.ofSeconds(20));
            for (int i = 0; i < 2; i++) {
                List<Client> crowd = new ArrayList<>();
                for (int j = 0; j < 260; j++) {
                    crowd.add(one.fixture.connect());
                }
                fleet.pass(Duration.ofSeconds(seconds));
                crowd.forEach(client -> client.connection().ended());
                fleet.pass(Duration.ofSeconds(30));
            }
            assertTrue(fleet.rebalanced() <= 40, () -> fleet.rebalanced() + " of 100");
        }
    }

    private static SimulatedNode leastConnections(List<SimulatedNode> nodes) {
        return Collections.min(nodes, Comparator.comparingInt(SimulatedNode::connections));
    }

    private static void assertEven(SimulatedFleet fleet, double tolerance) {
        double mean = mean(fleet);
        fleet.connections()
                .forEach(held -> assertTrue(
                        Math.abs(held - mean) <= Math.max(20, mean * tolerance),
                        () -> "around " + mean + ": " + fleet.connections()));
    }

    private static void assertStandsStill(SimulatedFleet fleet) throws InterruptedException {
        long moved = fleet.rebalanced();
        fleet.pass(Duration.ofMinutes(3));
        assertEquals(moved, fleet.rebalanced(), "at constant load nobody moves");
    }

    private static double mean(SimulatedFleet fleet) {
        return fleet.connections().stream().mapToInt(c -> c).average().orElseThrow();
    }
}
