package io.tidegate.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.metrics.Metrics.DrainOutcome;
import io.tidegate.protocol.Opcode;
import io.tidegate.testing.Await;
import io.tidegate.testing.HubFixture.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every edge by itself; how a fleet evens out is {@link RebalanceSimulationTest}'s. */
class RebalanceTest {
    private static final Pattern SLOT = Pattern.compile("\"reconnectAfterMs\":(\\d+)");
    /** The second report, and half an interval: the first decision that counts. */
    private static final Duration TO_DECIDE = Duration.ofMillis(3_050);

    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    /** A client that leaves a node comes to the last one that takes more. */
    private final SimulatedFleet fleet = new SimulatedFleet(List::getLast);

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void ofTwoNodesTheFullerOneGoesDownToTheMean() throws InterruptedException {
        SimulatedNode full = fleet.start(Map.of()).connect(300);
        fleet.start(Map.of()).connect(100);
        fleet.pass(A_MINUTE);
        assertEquals(List.of(200, 200), fleet.connections());
        assertEquals(100, full.rebalanced());
    }

    @Test
    void aNodeThatAppearsIsFilled() throws InterruptedException {
        fleet.start(Map.of()).connect(120);
        fleet.start(Map.of()).connect(120);
        fleet.pass(A_MINUTE);
        assertEquals(0, fleet.rebalanced());
        fleet.start(Map.of());
        fleet.pass(A_MINUTE);
        assertEquals(List.of(80, 80, 80), fleet.connections());
    }

    @Test
    void aNodeThatVanishesIsNoRoomAnyMore() throws InterruptedException {
        SimulatedNode full = fleet.start(Map.of()).connect(300);
        SimulatedNode other = fleet.start(Map.of());
        fleet.pass(Duration.ofMillis(100));
        fleet.crash(other);
        fleet.pass(A_MINUTE);
        long told = full.rebalanced();
        assertTrue(told <= 300 * 0.05 * 6 + 30, () -> told + " until its report is stale, and no more");
        fleet.pass(A_MINUTE);
        assertEquals(told, full.rebalanced());
    }

    @Test
    void onAReportThatIsStaleNobodyMoves() throws InterruptedException {
        SimulatedNode full = fleet.start(Map.of());
        SimulatedNode other = fleet.start(Map.of());
        fleet.pass(Duration.ofSeconds(2));
        other.fixture.relay.down = true;
        fleet.pass(Duration.ofSeconds(7));
        full.connect(300);
        fleet.pass(A_MINUTE);
        assertEquals(0, full.rebalanced());
    }

    @Test
    void whereEverybodyElseIsFullNobodyMoves() throws InterruptedException {
        fleet.start(Map.of()).connect(300);
        fleet.start(Map.of("tidegate.limits.connections", "50")).connect(50);
        fleet.start(Map.of("tidegate.limits.connections", "10")).connect(10);
        fleet.pass(A_MINUTE);
        assertEquals(0, fleet.rebalanced());
    }

    @Test
    void aNodeThatDrainsIsNoRoom() throws InterruptedException {
        fleet.start(Map.of()).connect(300);
        SimulatedNode leaving = fleet.start(Map.of(
                        "tidegate.drain.notice", "1m",
                        "tidegate.drain.timeout", "2m"))
                .connect(1);
        leaving.drain();
        fleet.pass(A_MINUTE);
        assertEquals(0, fleet.rebalanced());
    }

    @Test
    void aCrowdThatArrivesEverywhereMovesNobody() throws InterruptedException {
        SimulatedNode one = fleet.start(Map.of());
        fleet.pass(Duration.ofMillis(1_500));
        SimulatedNode other = fleet.start(Map.of());
        for (int i = 0; i < 20; i++) {
            fleet.pass(Duration.ofMillis(300));
            one.connect(50);
            other.connect(50);
        }
        fleet.pass(A_MINUTE);
        assertEquals(0, fleet.rebalanced());
    }

    @Test
    void withinTheToleranceNobodyMoves() throws InterruptedException {
        fleet.start(Map.of()).connect(240);
        fleet.start(Map.of()).connect(160);
        fleet.pass(A_MINUTE);
        assertEquals(0, fleet.rebalanced());
    }

    @Test
    void switchedOffItMovesNobody() throws InterruptedException {
        fleet.start(Map.of("tidegate.rebalance.enabled", "false")).connect(300);
        fleet.start(Map.of());
        fleet.pass(A_MINUTE);
        assertEquals(0, fleet.rebalanced());
    }

    @Test
    void noMoreThanTheShareIsToldInASecond() throws InterruptedException {
        List<Client> clients = new ArrayList<>();
        SimulatedNode full = fleet.start(Map.of());
        fleet.start(Map.of());
        for (int i = 0; i < 400; i++) {
            clients.add(full.fixture.connect());
        }
        fleet.pass(TO_DECIDE);
        Await.until("a trial", () -> SimulatedNode.told(clients) == 20);
        assertEquals(20, full.schedule.size());
        while (full.schedule.size() > 0) {
            fleet.pass(Duration.ofMillis(50));
        }
        while (full.schedule.size() == 0) {
            fleet.pass(Duration.ofMillis(50));
        }
        assertEquals(19 * 2, full.schedule.size(), "a twentieth of 380 a second, for two seconds");
        fleet.pass(Duration.ofMillis(1_950));
        assertEquals(38, full.schedule.size());
        fleet.pass(Duration.ofMillis(50));
        assertEquals(38 + 35, full.schedule.size(), "those on their way count as gone");
    }

    @Test
    void whoResumesLosesNothingAndLeavesFirst() throws InterruptedException {
        SimulatedNode full = fleet.start(Map.of()).connect(100);
        fleet.start(Map.of());
        List<Client> resuming = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            resuming.add(full.fixture.connectFull());
        }
        fleet.pass(TO_DECIDE);
        assertEquals(11, full.schedule.size());
        Await.until("a notice for each that resumes", () -> SimulatedNode.told(resuming) == 8);
    }

    @Test
    void noticeSlotAndCloseAreThoseOfADrain() throws InterruptedException {
        SimulatedNode full = fleet.start(Map.of("tidegate.rebalance.minimum", "1"));
        fleet.start(Map.of());
        Client plain = full.fixture.connect();
        Client resuming = full.fixture.connectFull();
        Client third = full.fixture.connectFull();
        fleet.pass(TO_DECIDE);
        List<Client> told = new ArrayList<>();
        Await.until("a notice", () -> {
            told.clear();
            told.addAll(List.of(plain, resuming, third));
            told.removeIf(client -> !client.isTold());
            return told.size() == 1;
        });
        Client leaving = told.getFirst();
        long slot = slot(leaving);
        assertTrue(slot >= 5_000 && slot < 7_000, () -> "slot " + slot);

        fleet.clock.advance(Duration.ofMillis(slot + 2_000 - 1));
        full.tick();
        assertFalse(leaving.connection().closing());
        fleet.clock.advance(Duration.ofMillis(1));
        full.tick();
        assertTrue(leaving.connection().closing());
        Await.until(
                "a close frame", () -> leaving.transport().frames().getLast().opcode() == Opcode.CLOSE);
        assertEquals(1012, leaving.transport().frames().getLast().closeCode());
        assertEquals(0, full.rebalanced());
        leaving.connection().ended();
        full.tick();
        assertEquals(1, full.rebalanced());
    }

    @Test
    void aDrainTakesOverWhoIsOnTheWayAndTellsNobodyTwice() throws InterruptedException {
        List<Client> clients = new ArrayList<>();
        SimulatedNode full = fleet.start(Map.of());
        for (int i = 0; i < 200; i++) {
            clients.add(full.fixture.connect());
        }
        fleet.start(Map.of());
        fleet.pass(TO_DECIDE);
        Await.until("some are told", () -> SimulatedNode.told(clients) == 20);
        List<Client> early = clients.stream().filter(Client::isTold).toList();
        full.drain();
        fleet.pass(Duration.ofMillis(100));
        Await.until("all are told", () -> SimulatedNode.told(clients) == 200);
        fleet.pass(Duration.ofSeconds(7));
        assertTrue(early.stream().allMatch(client -> client.connection().closing()), "each at the slot it was told");

        fleet.pass(Duration.ofSeconds(20));
        assertTrue(full.drain.tick());
        for (Client client : clients) {
            assertEquals(
                    1,
                    client.transport().texts().stream()
                            .filter(text -> text.contains("server-shutdown"))
                            .count());
        }
        assertEquals(0, full.rebalanced());
        assertEquals(
                200, full.fixture.metrics.drainClosed(DrainOutcome.GRACEFUL).value());
        assertEquals(0, full.fixture.metrics.drainClosed(DrainOutcome.FORCED).value());
    }

    @Test
    void aDrainThatIsShortDoesNotCutWhoKeepsASlot() throws InterruptedException {
        SimulatedNode full = fleet.start(Map.of(
                        "tidegate.drain.notice", "100ms",
                        "tidegate.drain.window", "100ms",
                        "tidegate.drain.timeout", "250ms"))
                .connect(200);
        fleet.start(Map.of());
        fleet.pass(TO_DECIDE);
        assertEquals(20, full.schedule.size());
        full.drain();
        fleet.pass(Duration.ofMillis(500));
        assertEquals(0, full.fixture.metrics.drainClosed(DrainOutcome.FORCED).value());
        assertEquals(
                200, full.fixture.metrics.drainClosed(DrainOutcome.GRACEFUL).value());
    }

    private static long slot(Client client) {
        for (String text : client.transport().texts()) {
            Matcher slot = SLOT.matcher(text);
            if (slot.find()) {
                return Long.parseLong(slot.group(1));
            }
        }
        throw new AssertionError("no notice");
    }
}
