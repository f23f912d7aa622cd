package io.tidegate.client;

/**
 * How many messages a connection may still send, by the rate that its node has told. A node allows a second's worth at once;
 * this asks for half of that, so that messages which the network has brought closer together are still allowed.
 * What must not wait is sent all the same, and is owed.
 */
final class Pace {
    private static final double NANOS = 1e9;
    /** For what doubles lose in rounding. */
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

    /** For how long nothing may be sent; 0 where something may. */
    long waitNanos(long now) {
        if (perSecond <= 0) {
            return 0;
        }
        refill(now);
        return left + NEARLY >= 1 ? 0 : (long) Math.ceil((1 - left) / perSecond * NANOS);
    }

    /** Something is sent. */
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
