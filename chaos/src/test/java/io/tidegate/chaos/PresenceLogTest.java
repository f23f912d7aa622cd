package io.tidegate.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is wrong is found, and nothing else. */
class PresenceLogTest {
    private long now = 1;
    private final PresenceLog log = new PresenceLog(Duration.ofSeconds(10), Duration.ofSeconds(15), () -> now);

    private void pass(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }

    private void assertWrong(int count) {
        assertEquals(count, log.defects().size(), () -> log.defects().toString());
    }

    @Test
    void whoMovesInTimeMustNotBeToldToHaveLeft() {
        log.came("ann");
        log.went("ann", now);
        pass(9);
        log.left("watcher", "ann");
        assertWrong(1);
        log.came("ann");
        pass(60);
        log.left("watcher", "ann");
        assertWrong(2);
        assertTrue(log.defects().getLast().endsWith("ann left, who is there"));
    }

    @Test
    void theEndOfAConnectionCountsAndNotTheNewsOfIt() {
        log.came("ann");
        long end = now;
        pass(3);
        log.went("ann", end);
        pass(7);
        log.left("watcher", "ann");
        assertWrong(0);
    }

    @Test
    void whoWasAwayForLongMayBeToldToHaveLeftAlsoWhenItHasJustComeBack() {
        log.came("ann");
        log.went("ann", now);
        pass(11);
        log.left("watcher", "ann");
        log.came("ann");
        pass(4);
        log.left("other", "ann");
        assertWrong(0);
        pass(2);
        log.left("late", "ann");
        assertWrong(1);
    }

    @Test
    void whoIsThereMustBeShownAndWhoIsLongGoneNot() {
        log.came("ann");
        log.came("ben");
        log.went("ben", now);
        log.shown("watcher", Set.of("ann", "ben"));
        log.shown("watcher", Set.of("ann"));
        assertWrong(0);
        pass(15);
        log.shown("watcher", Set.of("ben"));
        assertWrong(2);
        log.shown("watcher", Set.of("ann", "stranger"));
        assertWrong(3);
    }

    @Test
    void nobodyComesOfWhomNobodyKnows() {
        log.joined("watcher", "stranger");
        log.left("watcher", "stranger");
        assertWrong(2);
    }
}
