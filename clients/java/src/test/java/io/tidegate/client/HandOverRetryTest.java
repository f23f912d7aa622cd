package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The first connection of a hand-over is closed 2 s after the moment: what fails has to be tried again before. */
class HandOverRetryTest {
    private static final Duration STEP = Duration.ofMillis(1);

    private final ClientFixture it = new ClientFixture();

    @RepeatedTest(20)
    void theTriesOfAHandOverEndBeforeItsSlotDoes(RepetitionInfo repetition) {
        Wire.Peer first = it.live();
        // Other draws for each repetition.
        for (int i = 0; i < repetition.getCurrentRepetition(); i++) {
            first.close("", 1011);
            it.advance(Duration.ofMillis(500));
            first = it.wire.last().welcome();
            first.subscribed("tea", "0", true);
        }
        first.shutdown(0);
        it.advance(Duration.ZERO);
        int before = it.wire.opened();
        int refused = 0;
        long lastTry = 0;
        for (int ms = 0; ms < 1_900; ms++) {
            if (it.wire.opened() - before == refused) {
                it.wire.last().refuse(503, Duration.ofSeconds(20));
                refused++;
                lastTry = ms;
                first.alive();
            }
            it.advance(STEP);
        }
        assertTrue(refused >= 3 && refused < 50, refused + " tries");
        assertTrue(lastTry > 500, "the last one after " + lastTry + " ms");
        assertEquals(State.HANDING_OVER, it.client.state());
    }

    @Test
    void itMayBeRefusedUntilTheLastHalfSecondOfItsSlot() {
        Wire.Peer first = it.live();
        assertFalse(first.handsOver, "it has no other connection");
        first.shutdown(0);
        it.advance(Duration.ZERO);
        int free = 0;
        int last = 0;
        Wire.Peer seen = first;
        for (int ms = 0; ms < 1_900; ms++) {
            Wire.Peer second = it.wire.last();
            if (second != seen) {
                seen = second;
                assertEquals(ms < 1_500, second.handsOver, "after " + ms + " ms");
                free += second.handsOver ? 1 : 0;
                last += second.handsOver ? 0 : 1;
                second.refuse(503, Duration.ofSeconds(20));
                first.alive();
            }
            it.advance(STEP);
        }
        assertTrue(free >= 6, free + " tries that may be refused");
        assertTrue(last >= 2, last + " tries for any node");
        first.close("", 1012);
        it.advance(Duration.ofMillis(500));
        assertFalse(it.wire.last().handsOver, "the first one has gone");
    }

    @Test
    void earlierFailuresDoNotCount() {
        for (int i = 0; i < 8; i++) {
            it.wire.last().close("", 1011);
            it.advance(Duration.ofSeconds(10));
        }
        // Welcomed and asked to go, before every topic was subscribed.
        it.client.subscribe("tea", it.listener());
        Wire.Peer first = it.wire.last().welcome();
        first.shutdown(0);
        it.advance(Duration.ZERO);
        int before = it.wire.opened();
        it.wire.last().fail("reset");
        it.advance(Duration.ofMillis(500));
        assertEquals(before + 1, it.wire.opened());
    }

    @Test
    void afterTheSlotTheClientWaitsNoLongerThanAfterAnyFirstFailure() {
        Wire.Peer first = it.live();
        first.shutdown(0);
        it.advance(Duration.ZERO);
        for (int ms = 0; ms < 2_000; ms++) {
            if (it.client.state() == State.HANDING_OVER && it.wire.last() != first) {
                it.wire.last().fail("reset");
            }
            first.alive();
            it.advance(STEP);
        }
        first.close("", 1012);
        int before = it.wire.opened();
        it.advance(Duration.ofMillis(500));
        assertTrue(it.wire.opened() > before);
    }
}
