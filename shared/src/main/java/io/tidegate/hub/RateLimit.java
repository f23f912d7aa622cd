package io.tidegate.hub;

/**
 * A token bucket that holds one second's worth. Not for several threads at once.
 *
 * <p>Cheap for the many limits that are off: a rate of 0 always allows.
 */
final class RateLimit {
    private static final long SECOND = 1_000_000_000L;

    private final int perSecond;
    private long tokens;
    private long refilled;

    /**
     * A full bucket.
     *
     * @param perSecond events a second, also the largest burst; 0 for no limit
     */
    RateLimit(int perSecond, long nanoTime) {
        this.perSecond = perSecond;
        this.tokens = perSecond;
        this.refilled = nanoTime;
    }

    boolean allows(long nanoTime) {
        if (perSecond == 0) {
            return true;
        }
        long elapsed = nanoTime - refilled;
        if (elapsed >= SECOND) {
            tokens = perSecond;
            refilled = nanoTime;
        } else {
            long earned = elapsed * perSecond / SECOND;
            if (earned > 0) {
                tokens = Math.min(perSecond, tokens + earned);
                refilled += earned * SECOND / perSecond;
            }
        }
        if (tokens == 0) {
            return false;
        }
        tokens--;
        return true;
    }
}
