package io.tidegate.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
            a.fixture.hub.tellFleet(new Report("i" + i, "n", "se", 0, 1, false).message());
        }
        assertEquals(1_000, a.fleet.others().size());
        a.fixture.hub.tellFleet(new Report("i7", "n", "se", 1, 1, false).message());
        assertEquals(1, a.fleet.others().stream().mapToInt(Report::connections).sum(), "who is known is still heard");
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
        assertEquals(List.of("+/"), alone.fixture.relay.subscriptions, "only what its client subscribes to");
        assertEquals("""
                {"node":"a","intervalMs":2000,"nodes":[\
                {"node":"a","runtime":"se","connections":1,"limit":10000,"draining":false,"ageMs":0}]}""", alone.fleet.view().json());
    }

    private static List<String> names(SimulatedNode node) {
        return node.fleet.others().stream().map(Report::node).sorted().toList();
    }
}
