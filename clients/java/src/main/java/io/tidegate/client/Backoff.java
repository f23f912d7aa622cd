package io.tidegate.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with full jitter: the wait before attempt n, counted from 0, is a random time between 0 and {@code
 * min(longest, first × 2^n)}. So clients that lost the same server come back spread over time.
 *
 * @param first the longest wait before the first attempt
 * @param longest the longest wait before any attempt
 */
public record Backoff(Duration first, Duration longest) {
    /** 0.5 s, doubling up to 10 s. */
    public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(10));

    /** @throws IllegalArgumentException where a duration is not above 0, or {@code first} is above {@code longest} */
    public Backoff {
        Arguments.given("first", first);
        Arguments.given("longest", longest);
        if (first.isNegative() || first.isZero() || first.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                    "backoff from " + first + " to " + longest + "; allowed is more than 0, and the first no longer");
        }
    }

    Duration before(int attempt, RandomGenerator random) {
        double doubled = Math.scalb((double) first.toNanos(), Math.min(attempt, 62));
        double bound = Math.min((double) longest.toNanos(), doubled);
        return Duration.ofNanos((long) (random.nextDouble() * bound));
    }
}
