package io.tidegate.client;

import java.time.Duration;

/**
 * When to try again.
 *
 * @param pause the shortest wait
 * @param backsOff whether a backoff follows the pause
 */
record Retry(Duration pause, boolean backsOff) {
    /** After a backoff. */
    static final Retry SOON = after(Duration.ZERO);

    /** After a pause and then a backoff. */
    static Retry after(Duration pause) {
        return new Retry(pause, true);
    }

    /** After exactly this time. */
    static Retry exactly(Duration pause) {
        return new Retry(pause, false);
    }
}
