package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Present;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.PresenceChange;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PresenceViewTest {
    private static final Present ANN = new Present(Optional.of("ann"), 1, 0);

    /** It is asked for until it counts: one that never did would be asked for again and again, ten thousand users each time. */
    @Test
    void theListOfANewEpochCountsThoughAChangeOfTheOldOneCameBeforeIt() {
        PresenceView view = new PresenceView(new Topic("tea"), 1);
        view.take(List.of(ANN), new Position("old", 1), 0);
        view.unlist();
        view.take(new PresenceChange(new Position("old", 2), true, List.of(ANN)));
        view.take(List.of(ANN), new Position("new", 3), 0);
        assertTrue(view.isListed());
    }
}
