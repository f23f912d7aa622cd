package io.tidegate.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BucketsTest {
    @Test
    void noBoundIsMoreThanAFifthAboveTheOneBefore() {
        List<Duration> bounds = Buckets.bounds();
        for (int i = 1; i < bounds.size(); i++) {
            double ratio = (double) bounds.get(i).toNanos() / bounds.get(i - 1).toNanos();
            assertTrue(ratio > 1 && ratio <= 1.2, bounds.get(i) + " is " + ratio + " of the one before");
        }
        assertEquals(Duration.ofNanos(10_000), bounds.getFirst());
        assertEquals(Duration.ofSeconds(5), bounds.getLast());
    }

    /** Alerts and dashboards may name a bound, and what one writes by hand is a round one. */
    @Test
    void theRoundNumbersAreBounds() {
        List<Duration> bounds = Buckets.bounds();
        for (long power = 100; power <= 1_000_000; power *= 10) {
            assertTrue(bounds.contains(Duration.ofNanos(power * 1_000)));
            assertTrue(bounds.contains(Duration.ofNanos(power * 2_500)));
            assertTrue(bounds.contains(Duration.ofNanos(power * 5_000)));
        }
    }
}
