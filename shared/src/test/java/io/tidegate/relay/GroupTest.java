package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GroupTest {
    private final Group group = new Group(new Topic("news"), true, List.of());

    @Test
    void theLastPositionIsThatOfNoIdThatWasKnown() {
        Position last = new Position("a", 5);
        List<Position> answered = List.of(last.plus(-1), last, last.plus(-4));
        assertEquals(Optional.of(last), group.last(new Link.Taken(answered)));
    }

    @Test
    void aRefusalHasNone() {
        assertEquals(Optional.empty(), group.last(new Link.Refused("WRONGTYPE")));
    }
}
