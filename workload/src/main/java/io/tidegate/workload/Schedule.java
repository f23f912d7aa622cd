package io.tidegate.workload;

/**
 * When messages are due at a steady rate. The rate alone sets the moments, even if publishers are late. So a latency that
 * is measured from such a moment includes the publisher's delay. Pure arithmetic, on {@code nanoTime}. Not thread safe.
 */
final class Schedule {
    private double perSecond;
    private long began;
    private long taken;

    /** Sets the rate from now on; 0 for never. Earlier due moments are forgotten. */
    void rate(double perSecond, long now) {
        if (perSecond < 0 || !Double.isFinite(perSecond)) {
            throw new IllegalArgumentException("a rate of " + perSecond + "/s; allowed is 0 or more");
        }
        this.perSecond = perSecond;
        this.began = now;
        this.taken = 0;
    }

    /** Whether anything will be due. */
    boolean runs() {
        return perSecond > 0;
    }

    /** The moment of the next message, if it {@link #runs}. The moment may be long past. */
    long due() {
        return began + (long) ((taken + 1) * 1e9 / perSecond);
    }

    /** The next message was published. */
    void taken() {
        taken++;
    }
}
