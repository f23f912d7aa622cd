package io.tidegate.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The buckets of every histogram. A quantile is somewhere in its bucket, and Prometheus interpolates its place. No bound
 * is more than a fifth above the one before, so that the result is not more than a fifth too high or too low.
 */
final class Buckets {
    /** A delivery to few subscribers takes some tens of microseconds. */
    private static final long FIRST_NANOS = 10_000;

    private static final long LAST_NANOS = 5_000_000_000L;

    /** The bounds within a power of ten, in hundredths. */
    private static final int[] STEPS = {100, 115, 135, 160, 185, 215, 250, 300, 350, 420, 500, 600, 700, 840};

    private Buckets() {}

    /** Upper bounds, ascending. */
    static List<Duration> bounds() {
        List<Duration> bounds = new ArrayList<>();
        for (long power = FIRST_NANOS; power <= LAST_NANOS; power *= 10) {
            for (int step : STEPS) {
                long nanos = power / 100 * step;
                if (nanos <= LAST_NANOS) {
                    bounds.add(Duration.ofNanos(nanos));
                }
            }
        }
        return List.copyOf(bounds);
    }
}
