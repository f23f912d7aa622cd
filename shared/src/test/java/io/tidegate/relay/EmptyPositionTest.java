package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Position;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EmptyPositionTest {
    private static final EmptyPosition EMPTY = new EmptyPosition("k3x9f2p0a7", 1_732_406_400_000L);
    private static final Position REAL = new Position("k3x9f2p0a7d1", 0);

    @Test
    void clientsSendItBackAsAnyOther() {
        String text = EMPTY.position().text();
        assertEquals("k3x9f2p0a71732406400000-0", text);
        assertEquals(Optional.of(EMPTY), Position.parse(text).flatMap(EmptyPosition::of));
        assertEquals("0000000005", EmptyPosition.birth("5"));
        assertEquals("3456789abc", EmptyPosition.birth("123456789abc"));
        assertEquals(
                Optional.of(new EmptyPosition("0000000005", 7)),
                EmptyPosition.of(new EmptyPosition("0000000005", 7).position()));
    }

    @Test
    void nothingElseIsTakenForOne() {
        assertFalse(EmptyPosition.isOne(REAL));
        assertFalse(EmptyPosition.isOne(EMPTY.position().plus(1)));
        assertFalse(EmptyPosition.isOne(Position.NONE));
        assertFalse(EmptyPosition.isOne(new Position(Long.toString(Long.MAX_VALUE, Character.MAX_RADIX), 0)));
    }

    @Test
    void behindItComesTheFirstPacketOfAnyEpochAndNoOther() {
        assertTrue(EmptyPosition.continues(EMPTY.position(), packet(1)));
        assertFalse(EmptyPosition.continues(EMPTY.position(), packet(2)));
        assertFalse(EmptyPosition.continues(new Position("other", 0), packet(1)));
    }

    private static Packet packet(long offset) {
        return new Packet(new Position("k", offset), List.of(new Envelope(Inbox.text("a"), 0)));
    }

    @Test
    void anEmptyTopicThatIsEmptyLaterWasEmptyMeanwhileIfThatIsSoonEnough() {
        assertTrue(EmptyPosition.continues(
                EMPTY.position(), later(Duration.ofDays(7).minusMillis(1))));
        assertFalse(EmptyPosition.continues(EMPTY.position(), later(Duration.ofDays(7))));
        assertFalse(
                EmptyPosition.continues(EMPTY.position(), new EmptyPosition("another000", EMPTY.millis()).position()));
        assertFalse(EmptyPosition.continues(EMPTY.position(), REAL));
        assertFalse(EmptyPosition.continues(REAL, EMPTY.position()));
    }

    private static Position later(Duration time) {
        return new EmptyPosition(EMPTY.birth(), EMPTY.millis() + time.toMillis()).position();
    }
}
