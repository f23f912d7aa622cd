package io.tidegate.relay;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The wait before the next link is opened. The wait grows with each failure and has jitter, so that the nodes do not
 * all connect at the same time. Its owner is the {@link Uplink}.
 */
final class Backoff {
    private static final long FIRST_MILLIS = 100;
    private static final long LAST_MILLIS = 800;

    private final RandomGenerator random;
    private int failures;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Returns the wait after a link has ended or could not be opened.
     *
     * @param worked whether the link carried messages before
     * @return nanoseconds
     */
    long nextNanos(boolean worked) {
        failures = worked ? 0 : failures + 1;
        long millis = Math.min(LAST_MILLIS, FIRST_MILLIS << Math.min(failures, 3));
        return TimeUnit.MILLISECONDS.toNanos(random.nextLong(millis / 2, millis + 1));
    }
}
