package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Topic;
import io.tidegate.testing.LogLines;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator reads of a relay that ails: enough to act on, and little of it. */
class RelayLogTest {
    private static final Duration RETRY = Duration.ofSeconds(5);

    @RegisterExtension
    private final LogLines lines = new LogLines("io.tidegate.relay");

    @Test
    void eachReasonIsToldAtOnceAndAgainAfterAMinute() {
        UplinkFixture node = new UplinkFixture();
        FakeLink link = node.up();
        lines.clear();
        link.lose("cable cut");
        assertEquals(List.of("WARNING The relay is down: cable cut"), lines.all());
        for (int i = 0; i < 6; i++) {
            node.pass(RETRY);
            node.refuse("Redis refuses the password");
        }
        assertEquals(
                List.of(
                        "WARNING The relay is down: cable cut",
                        "WARNING The relay is down: Redis refuses the password"),
                lines.all());
        lines.clear();
        for (int i = 0; i < 9; i++) {
            node.pass(RETRY);
            node.refuse("Redis refuses the password");
        }
        assertEquals(List.of("WARNING The relay has been down for 65 s: Redis refuses the password"), lines.all());
        lines.clear();
        node.pass(RETRY);
        node.up();
        assertEquals(1, lines.all().size(), lines::toString);
        assertEquals("INFO The relay is up, after", lines.all().getFirst().replaceFirst(" \\d+ ms", ""));
    }

    @Test
    void aRelayThatGoesUpAndDownDoesNotFillTheLog() {
        UplinkFixture node = new UplinkFixture();
        for (int i = 0; i < 10; i++) {
            node.up().lose("OOM command not allowed");
            node.pass(RETRY);
        }
        // In 60 s: the first link, its loss, and that it came back.
        assertEquals(3, lines.all().size(), lines::toString);
        assertEquals(
                "WARNING The relay is down: OOM command not allowed",
                lines.all().get(1));
    }

    @Test
    void reasonsThatAlternateAreTwoLinesAMinuteAndTheReminderHasTheLatest() {
        OutageLog log = new OutageLog();
        ManualClock clock = new ManualClock();
        long since = clock.nanoTime();
        for (int i = 0; i < 1_200; i++) {
            log.down("reason " + i, since, clock.nanoTime());
            clock.advance(Duration.ofMillis(500));
        }
        assertEquals(20, lines.all().size(), lines::toString);
        assertEquals("WARNING The relay is down: reason 0", lines.all().getFirst());
        assertEquals("WARNING The relay is down: reason 1", lines.all().get(1));
        assertEquals(
                "WARNING The relay has been down for 60 s: reason 120",
                lines.all().get(2));
    }

    @Test
    void whatRedisRefusesOfOneTopicIsToldOnceAMinuteAtMostTwice() {
        UplinkFixture node = new UplinkFixture();
        FakeLink link = node.up();
        Topic foreign = new Topic("foreign");
        link.rejecting(keys -> keys.topic().equals(foreign));
        lines.clear();
        for (int i = 0; i < 100; i++) {
            var unused = node.publish(foreign, Inbox.text("a"));
            node.pass(Duration.ofMillis(100));
        }
        assertEquals(
                List.of(
                        "WARNING Redis refuses the operations of topic foreign; other topics are served: Redis answers SOMEWORD"),
                lines.all().stream().distinct().toList());
        assertTrue(lines.all().size() <= 2, lines::toString);
    }

    @Test
    void aThousandTopicsThatHaveLostMessagesAreOneLine() {
        ManualClock clock = new ManualClock();
        LossLog losses = new LossLog();
        for (int i = 0; i < 1_000; i++) {
            losses.lost();
            losses.tick(clock.nanoTime());
            clock.advance(Duration.ofMillis(2));
        }
        clock.advance(Duration.ofSeconds(2));
        losses.tick(clock.nanoTime());
        assertEquals(
                List.of("WARNING This node has missed messages of 1000 topics that are not kept any more; the"
                        + " subscribers are told"),
                lines.all());
        losses.lost();
        losses.tick(clock.nanoTime());
        clock.advance(Duration.ofSeconds(59));
        losses.tick(clock.nanoTime());
        assertEquals(1, lines.all().size());
        clock.advance(Duration.ofSeconds(1));
        losses.tick(clock.nanoTime());
        assertEquals(2, lines.all().size());
    }
}
