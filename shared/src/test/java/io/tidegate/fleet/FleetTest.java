package io.tidegate.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.hub.Connection;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FleetTest {
    private static final Map<String, String> A = Map.of("tidegate.node", "a");
    private static final Map<String, String> B = Map.of("tidegate.node", "b", "tidegate.limits.connections", "9");

    private final SimulatedFleet fleet = new SimulatedFleet(List::getFirst);

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void everyNodeKnowsAllOthersAfterAnInterval() throws InterruptedException {
        SimulatedNode a = fleet.start(A).connect(2);
        SimulatedNode b = fleet.start(B);
        fleet.pass(Duration.ofSeconds(2));
        assertEquals("""
                {"node":"a","intervalMs":2000,"nodes":[\
                {"node":"a","runtime":"se","connections":2,"limit":10000,"draining":false,"ageMs":0},\
                {"node":"b","runtime":"se","connections":0,"limit":9,"draining":false,"ageMs":1950}]}""", a.fleet.view().json());
        assertEquals(List.of("a"), names(b));
    }

    @Test
    void whoHearsOfANewRoundAnswersAtOnce() throws InterruptedException {
        SimulatedNode a = fleet.start(A);
        fleet.pass(Duration.ofMillis(1_700));
        SimulatedNode b = fleet.start(B);
        fleet.pass(Duration.ofSeconds(2));
        assertEquals(List.of(2L, 1L), List.of(rounds(a), rounds(b)), "b was too young to answer");
        fleet.pass(Duration.ofMillis(50));
        assertEquals(List.of(3L, 3L), List.of(rounds(a), rounds(b)), "b has begun it");
        assertEquals(List.of("b"), names(a));
        assertEquals(List.of("a"), names(b));
    }

    @Test
    void nobodySpeaksTwiceInHalfAnInterval() throws InterruptedException {
        SimulatedNode a = fleet.start(A);
        SimulatedNode b = fleet.start(B);
        fleet.pass(Duration.ofMillis(50));
        NodeReport told = Objects.requireNonNull(a.fleet.own());
        fleet.pass(Duration.ofMillis(950));
        b.fixture.hub.tellFleet(new NodeReport("i", 1_000, "tidegate", "n", "se", 0, 0, 1, false, null).message());
        assertSame(told, a.fleet.own());
        fleet.pass(Duration.ofMillis(50));
        b.fixture.hub.tellFleet(new NodeReport("i", 1_001, "tidegate", "n", "se", 0, 0, 1, false, null).message());
        assertEquals(1_001, rounds(a));
    }

    @Test
    void theSumIsThatOfARound() throws InterruptedException {
        SimulatedNode a = fleet.start(A).connect(2);
        SimulatedNode b = fleet.start(B).connect(3);
        assertEquals(Double.NaN, a.fleet.total(), "nobody has told anything");
        fleet.pass(Duration.ofMillis(3_100));
        assertEquals(List.of(5.0, 5.0), List.of(a.fleet.total(), b.fleet.total()));
        b.connect(1);
        fleet.pass(Duration.ofMillis(1_900));
        assertEquals(List.of(5.0, 5.0), List.of(a.fleet.total(), b.fleet.total()));
        fleet.pass(Duration.ofMillis(100));
        assertEquals(List.of(6.0, 6.0), List.of(a.fleet.total(), b.fleet.total()));
        b.drain();
        fleet.pass(Duration.ofSeconds(4));
        assertEquals(List.of(2.0, 2.0), List.of(a.fleet.total(), b.fleet.total()), "as in the sum of its pods");
    }

    @Test
    void whereAllDrainNobodyKnowsTheSum() throws InterruptedException {
        SimulatedNode a = fleet.start(Map.of("tidegate.drain.notice", "60s", "tidegate.drain.timeout", "120s"))
                .connect(2);
        fleet.pass(Duration.ofMillis(1_100));
        assertEquals(2, a.fleet.total());
        a.drain();
        fleet.pass(Duration.ofSeconds(11));
        assertEquals(2, a.fleet.total(), "as it was before, and not 0");
        fleet.pass(Duration.ofSeconds(2));
        assertEquals(Double.NaN, a.fleet.total());
    }

    @Test
    void whoMovesCountsWhereItArrives() throws InterruptedException {
        SimulatedNode a = fleet.start(A).connect(1);
        a.fixture.connectFull("tea");
        a.fixture.connectFull("tea");
        SimulatedNode b = fleet.start(B).connect(3);
        fleet.pass(Duration.ofMillis(3_100));
        long now = fleet.clock.nanoTime();
        List<Connection> resuming =
                a.schedule.unaware().stream().filter(Connection::resumes).toList();
        a.schedule.announce(resuming, now, now, Duration.ofMillis(200), Duration.ZERO);
        b.connect(2);
        fleet.pass(Duration.ofSeconds(2));
        assertEquals(List.of(3, 5), fleet.connections(), "two have not closed their old connection yet");
        assertEquals(List.of(6.0, 6.0), List.of(a.fleet.total(), b.fleet.total()));
    }

    @Test
    void whileANodeIsSilentTheSumStaysAndThenIsThatOfTheOthers() throws InterruptedException {
        SimulatedNode a = fleet.start(A).connect(2);
        SimulatedNode b = fleet.start(B).connect(3);
        fleet.pass(Duration.ofMillis(3_100));
        fleet.crash(b);
        for (int i = 0; i < 5; i++) {
            assertEquals(5, a.fleet.total(), "its clients come back to a, and count once");
            fleet.pass(Duration.ofSeconds(1));
        }
        a.connect(1);
        fleet.pass(Duration.ofSeconds(4));
        assertEquals(6, a.fleet.total());
    }

    @Test
    void whileTheRelayIsDownTheSumIsNotKnown() throws InterruptedException {
        SimulatedNode a = fleet.start(A).connect(2);
        SimulatedNode b = fleet.start(B).connect(3);
        fleet.pass(Duration.ofSeconds(3));
        a.fixture.relay.down = true;
        b.fixture.relay.down = true;
        fleet.pass(Duration.ofSeconds(14));
        assertEquals(List.of(Double.NaN, Double.NaN), List.of(a.fleet.total(), b.fleet.total()));
        a.fixture.relay.down = false;
        b.fixture.relay.down = false;
        fleet.pass(Duration.ofSeconds(4));
        assertEquals(List.of(5.0, 5.0), List.of(a.fleet.total(), b.fleet.total()));
    }

    @Test
    void aNodeThatIsSilentForThreeIntervalsIsForgotten() throws InterruptedException {
        SimulatedNode a = fleet.start(A);
        SimulatedNode b = fleet.start(B);
        fleet.pass(Duration.ofMillis(50));
        fleet.crash(b);
        fleet.pass(Duration.ofSeconds(6));
        assertEquals(List.of("b"), names(a));
        fleet.pass(Duration.ofMillis(50));
        assertEquals(List.of(), names(a));
        assertEquals(1, a.fleet.view().members().size());
    }

    @Test
    void aDrainIsToldAtOnce() throws InterruptedException {
        SimulatedNode a = fleet.start(A);
        SimulatedNode b = fleet.start(B).connect(1);
        fleet.pass(Duration.ofMillis(50));
        b.drain();
        fleet.pass(Duration.ofMillis(100));
        assertTrue(a.fleet.others().getFirst().draining());
    }

    @Test
    void aNodeThatComesBackUnderItsNameIsAnother() throws InterruptedException {
        SimulatedNode a = fleet.start(A);
        SimulatedNode old = fleet.start(B);
        fleet.pass(Duration.ofMillis(50));
        fleet.crash(old);
        fleet.start(B).connect(3);
        fleet.pass(Duration.ofMillis(50));
        assertEquals(List.of("b", "b"), names(a));
        fleet.pass(Duration.ofSeconds(6));
        assertEquals(3, a.fleet.others().getFirst().connections());
        assertEquals(List.of("b"), names(a));
    }

    @Test
    void aFleetOfAnotherNameOnTheSameRelayIsNoPartOfIt() throws InterruptedException {
        SimulatedNode a = fleet.start(A).connect(2);
        SimulatedNode b = fleet.start(Map.of("tidegate.node", "b", "tidegate.fleet.name", "west"))
                .connect(300);
        fleet.pass(Duration.ofSeconds(30));
        assertEquals(List.of(), names(a));
        assertEquals(List.of(2.0, 300.0), List.of(a.fleet.total(), b.fleet.total()));
        assertEquals(0, b.rebalanced());
    }

    @Test
    void whatIsNoReportIsPassedOver() throws InterruptedException {
        SimulatedNode a = fleet.start(A);
        SimulatedNode b = fleet.start(B);
        fleet.pass(Duration.ofMillis(50));
        b.fixture.hub.tellFleet(new Message(Opcode.BINARY, new byte[] {1, 2, 3}));
        fleet.pass(Duration.ofSeconds(2));
        assertEquals(List.of("b"), names(a));
    }

    @Test
    void whatIsHeldOfOthersIsBounded() {
        SimulatedNode a = fleet.start(A);
        for (int i = 0; i < 1_100; i++) {
            a.fixture.hub.tellFleet(new NodeReport("i" + i, 0, "tidegate", "n", "se", 0, 0, 1, false, null).message());
        }
        assertEquals(1_000, a.fleet.others().size());
        a.fixture.hub.tellFleet(new NodeReport("i7", 0, "tidegate", "n", "se", 1, 0, 1, false, null).message());
        assertEquals(
                1, a.fleet.others().stream().mapToInt(NodeReport::connections).sum(), "who is known is still heard");
    }

    @Test
    void anOutageOfTheRelayLeavesANodeAlone() throws InterruptedException {
        SimulatedNode a = fleet.start(A);
        SimulatedNode b = fleet.start(B);
        fleet.pass(Duration.ofSeconds(2));
        b.fixture.relay.down = true;
        fleet.pass(Duration.ofSeconds(7));
        assertEquals(List.of(), names(a));
        b.fixture.relay.down = false;
        fleet.pass(Duration.ofSeconds(2));
        assertEquals(List.of("b"), names(a));
    }

    @Test
    void withoutARelayNothingIsToldAndTheNodeSeesItself() throws InterruptedException {
        SimulatedNode alone = fleet.start(Map.of("tidegate.node", "a", "tidegate.relay.url", ""))
                .connect(1);
        fleet.pass(Duration.ofSeconds(10));
        assertEquals(Double.NaN, alone.fleet.total(), "others may be there, of whom it knows nothing");
        assertEquals(List.of("+/"), alone.fixture.relay.subscriptions, "only what its client subscribes to");
        assertEquals("""
                {"node":"a","intervalMs":2000,"nodes":[\
                {"node":"a","runtime":"se","connections":1,"limit":10000,"draining":false,"ageMs":0}]}""", alone.fleet.view().json());
    }

    private static List<String> names(SimulatedNode node) {
        return node.fleet.others().stream().map(NodeReport::node).sorted().toList();
    }

    private static long rounds(SimulatedNode node) {
        return Objects.requireNonNull(node.fleet.own()).round();
    }
}
