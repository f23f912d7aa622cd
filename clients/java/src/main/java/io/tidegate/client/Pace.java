package io.tidegate.client;

/**
 * Limits how many messages a connection sends, by the rate that its node has told. A node allows a burst of a second's
 * worth. This limit allows half of that burst, so that messages which the network moves closer together are still
 * allowed. Urgent messages are sent in any case, and reduce the later rate.
 */
final class Pace {
    private static final double NANOS = 1e9;
    /** Allows for the rounding of doubles. */
    private static final double NEARLY = 1e-6;

    private final double perSecond;
    private final double most;
    private double left;
    private long at;

    private Pace(double perSecond, long now) {
        this.perSecond = perSecond;
        this.most = Math.max(1, perSecond / 2);
        this.left = most;
        this.at = now;
    }

    /** @param perSecond messages a second; 0 for no limit */
    static Pace of(double perSecond, long now) {
        return new Pace(perSecond, now);
    }

    /** How long nothing may be sent; 0 where something may be sent now. */
    long waitNanos(long now) {
        if (perSecond <= 0) {
            return 0;
        }
        refill(now);
        return left + NEARLY >= 1 ? 0 : (long) Math.ceil((1 - left) / perSecond * NANOS);
    }

    /** A message is sent. */
    void spend(long now) {
        if (perSecond > 0) {
            refill(now);
            left--;
        }
    }

    private void refill(long now) {
        left = Math.min(most, left + (now - at) / NANOS * perSecond);
        at = now;
    }
}
