package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void zeroAllowsEverything() {
        RateLimit limit = RateLimit.of(0);
        for (int i = 0; i < 1_000; i++) {
            assertTrue(limit.allows(0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 100, 9_999})
    void inTheLongRunNoMoreThanTheRateAndOneBurstPasses(int rate) {
        RateLimit limit = RateLimit.of(rate);
        long allowed = 0;
        int seconds = 10;
        for (long now = 0; now < seconds * SECOND; now += SECOND / (rate * 3L) + 1) {
            allowed += limit.allows(now) ? 1 : 0;
        }
        assertEquals((double) rate * seconds + rate, (double) allowed, 2.0 + rate * 0.01);
    }

    @Test
    void aLongPauseEarnsOneBurstOnly() {
        RateLimit limit = RateLimit.of(5);
        int allowed = 0;
        for (int i = 0; i < 20; i++) {
            allowed += limit.allows(3_600 * SECOND) ? 1 : 0;
        }
        assertEquals(5, allowed);
    }

    @Test
    void theClockMayStartAnywhere() {
        long start = Long.MAX_VALUE - 5;
        long wrapped = Math.addExact(Long.MIN_VALUE, SECOND - 6);
        RateLimit limit = RateLimit.of(1);
        assertTrue(limit.allows(start));
        assertTrue(limit.allows(wrapped));
    }
}
