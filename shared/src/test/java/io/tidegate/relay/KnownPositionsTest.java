package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownPositionsTest {
    private static final Topic TOPIC = new Topic("news");

    private final KnownPositions known = new KnownPositions();

    private void learned(String epoch, long offset) {
        known.learned(TOPIC, new Position(epoch, offset));
    }

    private void assertKnown(String epoch, long offset) {
        assertEquals(Optional.of(new Position(epoch, offset)), known.of(TOPIC));
    }

    private void theLastOfAnEpochAndTheNewestEpoch() {
        learned("a", 5);
        learned("a", 4);
        assertKnown("a", 5);
        learned("a", 6);
        assertKnown("a", 6);
        learned("b", 1);
        assertKnown("b", 1);
        learned("c", 0);
        assertKnown("b", 1);
    }

    @Test
    void ofATopicThatIsNotCarried() {
        assertEquals(Optional.empty(), known.of(TOPIC));
        theLastOfAnEpochAndTheNewestEpoch();
    }

    @Test
    void ofATopicThatIsCarried() {
        known.carry(TOPIC);
        assertEquals(Optional.empty(), known.of(TOPIC));
        theLastOfAnEpochAndTheNewestEpoch();
    }

    @Test
    void itStaysWhenATopicIsCarriedAndLeft() {
        learned("a", 5);
        known.carry(TOPIC);
        assertKnown("a", 5);
        known.carry(TOPIC);
        learned("a", 4);
        assertKnown("a", 5);
        learned("a", 6);
        known.leave(TOPIC);
        known.leave(TOPIC);
        assertKnown("a", 6);
        learned("a", 7);
        assertKnown("a", 7);
        known.carry(TOPIC);
        assertKnown("a", 7);
    }

    @Test
    void ofOthersThoseAreKeptOfWhichSomethingWasLearnedLast() {
        Topic carried = new Topic("carried");
        known.carry(carried);
        known.learned(carried, new Position("a", 1));
        known.learned(TOPIC, new Position("a", 1));
        for (int i = 0; i < KnownPositions.MOST_OTHERS; i++) {
            if (i == 2) {
                known.learned(new Topic("0"), new Position("a", 2));
            }
            known.learned(new Topic("" + i), new Position("a", 1));
        }
        assertEquals(Optional.empty(), known.of(TOPIC));
        assertEquals(Optional.of(new Position("a", 1)), known.of(new Topic("1")));
        known.learned(TOPIC, new Position("a", 1));
        assertEquals(Optional.empty(), known.of(new Topic("1")));
        assertEquals(Optional.of(new Position("a", 2)), known.of(new Topic("0")));
        assertEquals(Optional.of(new Position("a", 1)), known.of(carried));
    }
}
