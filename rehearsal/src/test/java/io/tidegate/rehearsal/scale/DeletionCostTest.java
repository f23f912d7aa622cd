package io.tidegate.rehearsal.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeletionCostTest {
    @Test
    void whatAPodTellsIsAtMostAnIntervalOldAndATenthOff() {
        DeletionCost cost = new DeletionCost(Duration.ofNanos(100));
        assertEquals(0, cost.get());
        cost.count(50, 1_000);
        assertEquals(50, cost.get(), "the first");
        cost.count(90, 1_099);
        assertEquals(50, cost.get(), "too early");
        cost.count(55, 1_100);
        assertEquals(50, cost.get(), "too near");
        cost.count(56, 1_100);
        assertEquals(56, cost.get());
    }
}
