package io.tidegate.relay;

import java.time.Duration;

/**
 * The times of presence, in milliseconds. All of them follow from {@code linger}. A node reports at least every
 * {@link #step}. If a node does not report for {@link #lease}, its users leave. So its users leave no sooner than after
 * the linger, and no later than three steps after the linger.
 *
 * @param linger for how long a user without a connection is still there
 */
public record PresenceTimes(long linger) {
    private static final long LEAST_STEP = 100;
    private static final long MOST_STEP = 1_000;
    private static final int STEPS = 10;

    /** The longest wait for nodes that do not answer. */
    private static final long SETTLING = 500;

    private static final long LEAST_STATE = 60_000;

    public static PresenceTimes of(Duration linger) {
        return new PresenceTimes(linger.toMillis());
    }

    /** The time between two reports of a node. */
    public long step() {
        return Math.clamp(linger / STEPS, LEAST_STEP, MOST_STEP);
    }

    /** For how long a report is valid. */
    public long lease() {
        return linger + 2 * step();
    }

    /**
     * The most that the clock of the presence advances between two reports, for a node that does not know whether other
     * nodes were able to report in that time.
     */
    long untended() {
        return 2 * step();
    }

    long settling() {
        return SETTLING;
    }

    /** After this time without a report, Redis forgets the presence. */
    long state() {
        return Math.max(LEAST_STATE, 4 * lease());
    }
}
