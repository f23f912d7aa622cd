package io.tidegate.rehearsal.load;

/**
 * When something is due that happens at a steady rate, whoever is late: the moments are set by the rate alone, so that what
 * is measured from them includes the time for which nobody got round to it. Pure arithmetic, on {@code nanoTime}. Not for
 * use by several threads.
 */
final class Schedule {
    private double perSecond;
    private long began;
    private long taken;

    /** From now on at this rate; 0 for never. What was due before is forgotten. */
    void rate(double perSecond, long now) {
        if (perSecond < 0 || !Double.isFinite(perSecond)) {
            throw new IllegalArgumentException("a rate of " + perSecond + "/s; allowed is 0 or more");
        }
        this.perSecond = perSecond;
        this.began = now;
        this.taken = 0;
    }

    /** Whether there is anything to come. */
    boolean runs() {
        return perSecond > 0;
    }

    /** The moment of the next one, if it {@link #runs}; it may be long past. */
    long due() {
        return began + (long) ((taken + 1) * 1e9 / perSecond);
    }

    /** The next one was done. */
    void taken() {
        taken++;
    }
}
