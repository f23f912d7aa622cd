package io.tidegate.relay;

import java.time.Duration;

/**
 * The times of presence, in milliseconds; all follow from the first. A node reports at least every {@link #step}. Where it does
 * not for {@link #lease}, its users have left: so they leave no sooner than after the linger, and no later than three steps
 * after that.
 *
 * @param linger for which a user without a connection is still there
 */
public record PresenceTimes(long linger) {
    private static final long LEAST_STEP = 100;
    private static final long MOST_STEP = 1_000;
    private static final int STEPS = 10;

    /** Nodes that do not answer are not waited for any longer. */
    private static final long SETTLING = 500;

    private static final long LEAST_STATE = 60_000;

    public static PresenceTimes of(Duration linger) {
        return new PresenceTimes(linger.toMillis());
    }

    /** Between two reports of a node. */
    public long step() {
        return Math.clamp(linger / STEPS, LEAST_STEP, MOST_STEP);
    }

    /** For which a report counts. */
    public long lease() {
        return linger + 2 * step();
    }

    /** What passes at most between two reports, for a node that cannot tell whether others were able to report meanwhile. */
    long untended() {
        return 2 * step();
    }

    long settling() {
        return SETTLING;
    }

    /** After which Redis forgets what nobody reports on. */
    long state() {
        return Math.max(LEAST_STATE, 4 * lease());
    }
}
