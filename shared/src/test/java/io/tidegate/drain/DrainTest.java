package io.tidegate.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.hub.Admission;
import io.tidegate.metrics.Metrics.DrainOutcome;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.testing.Await;
import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DrainTest {
    private static final Pattern SLOT = Pattern.compile("\"reconnectAfterMs\":(\\d+)");

    private final HubFixture fixture = new HubFixture(Map.of(
            "tidegate.drain.notice", "5s",
            "tidegate.drain.window", "20s",
            "tidegate.drain.timeout", "30s"));
    private final Drain drain = new Drain(
            fixture.hub,
            new DrainSchedule(fixture.hub, new Random(1), fixture.clock),
            fixture.settings.drain(),
            fixture.metrics,
            fixture.clock);

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void everyClientGetsItsNoticeThenItsCloseAtItsOwnSlot() throws InterruptedException {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            clients.add(fixture.connect());
        }
        drain.begin();
        long[] slots = clients.stream().mapToLong(DrainTest::slot).toArray();

        boolean finished = false;
        for (int elapsed = 0; !finished; elapsed += 100) {
            for (int i = 0; i < clients.size(); i++) {
                boolean closing = clients.get(i).connection().closing();
                assertEquals(slots[i] <= elapsed, closing, "slot " + slots[i] + " at " + elapsed + " ms");
                if (closing) {
                    clients.get(i).connection().ended();
                }
            }
            fixture.clock.advance(Duration.ofMillis(100));
            finished = drain.tick();
        }
        for (Client client : clients) {
            Await.until(
                    "a close frame", () -> client.transport().frames().getLast().opcode() == Opcode.CLOSE);
            assertEquals(1012, client.transport().frames().getLast().closeCode());
        }
        assertEquals(100, fixture.metrics.drainClosed(DrainOutcome.GRACEFUL).value());
        assertEquals(0, fixture.metrics.drainClosed(DrainOutcome.FORCED).value());
    }

    @Test
    void whatClientsSendMeanwhileReachesTheOthers() throws InterruptedException {
        Client ann = fixture.connect();
        Client ben = fixture.connect();
        drain.begin();
        ann.says("still here");
        Await.until("delivered", () -> ben.transport().texts().contains("still here"));
    }

    @Test
    void whoIsLeftAtTheTimeoutIsCutAndCounted() throws InterruptedException {
        Client stubborn = fixture.connect();
        drain.begin();
        fixture.clock.advance(Duration.ofSeconds(29));
        assertFalse(drain.tick());
        assertFalse(stubborn.transport().aborted());
        fixture.clock.advance(Duration.ofSeconds(1));
        assertTrue(drain.tick());
        assertTrue(stubborn.transport().aborted());
        assertEquals(1, fixture.metrics.drainClosed(DrainOutcome.FORCED).value());
        assertEquals(0, fixture.metrics.drainClosed(DrainOutcome.GRACEFUL).value());
    }

    @Test
    void aHandshakeThatWasUnderWayGetsItsNoticeToo() throws InterruptedException {
        Client early = fixture.connect();
        Client late = fixture.shakeHands(Wire.BROADCAST, Topic.BROADCAST);
        drain.begin();
        fixture.clock.advance(Duration.ofSeconds(10));
        drain.tick();
        late.connection().opened();
        assertTrue(slot(late) >= 0);
        assertTrue(slot(early) >= 5_000);
    }

    /** Its process would end, and cut the client as soon as it is connected. */
    @Test
    void aDrainOfNobodyWaitsForAHandshakeThatIsUnderWay() throws InterruptedException {
        Admission.Permit permit = fixture.admit();
        drain.begin();
        assertFalse(drain.tick());
        Client late = fixture.open(permit);
        late.connection().opened();
        assertFalse(drain.tick());
        assertTrue(slot(late) >= 5_000);
        late.connection().ended();
        assertTrue(drain.tick());
    }

    @Test
    void aHandshakeThatIsNotOverAtTheTimeoutIsNotWaitedFor() {
        fixture.admit();
        drain.begin();
        fixture.clock.advance(Duration.ofSeconds(30));
        assertTrue(drain.tick());
    }

    @Test
    void whoHandsItselfOverHasTwoSecondsMoreForThat() throws InterruptedException {
        Client resuming = fixture.connectFull();
        drain.begin();
        Await.until("a notice", resuming::isTold);
        Matcher notice = SLOT.matcher(resuming.transport().texts().getLast());
        assertTrue(notice.find());
        fixture.clock.advance(Duration.ofMillis(Long.parseLong(notice.group(1)) + 1_999));
        drain.tick();
        assertFalse(resuming.connection().closing());
        fixture.clock.advance(Duration.ofMillis(1));
        drain.tick();
        assertTrue(resuming.connection().closing());
    }

    @Test
    void anEmptyNodeNeedsNoTime() {
        drain.begin();
        assertTrue(drain.tick());
        assertTrue(drain.draining());
    }

    private static long slot(Client client) {
        Await.until("a notice", () -> !client.transport().texts().isEmpty());
        Matcher slot = SLOT.matcher(client.transport().texts().getFirst());
        assertTrue(slot.find());
        return Long.parseLong(slot.group(1));
    }
}
