package io.tidegate.client;

import java.time.Duration;

/**
 * When to try again.
 *
 * @param pause to wait at least
 * @param backsOff whether a backoff follows the pause
 */
record Retry(Duration pause, boolean backsOff) {
    /** After a backoff. */
    static final Retry SOON = after(Duration.ZERO);

    /** After a pause, and a backoff behind it. */
    static Retry after(Duration pause) {
        return new Retry(pause, true);
    }

    /** After this time, and no longer. */
    static Retry exactly(Duration pause) {
        return new Retry(pause, false);
    }
}
