package io.tidegate.time;

/**
 * Time in which this process was able to look. Who judges a peer's silence measures it in this time: a process that was
 * stopped, or got no processor, for ten seconds has not seen ten seconds of silence, since the peer's answer may lie in a
 * buffer that nobody could read.
 *
 * <p>It goes on with each {@link #advance}, by what has passed since the one before, but by no more than a bound. So it is to
 * be advanced more often than that. Not thread safe.
 */
public final class AttentiveTime {
    private final long mostNanos;
    private long lastNanos;
    private long attentiveNanos;

    /**
     * Begins at 0.
     *
     * @param nowNanos the present, by {@link Clock#nanoTime}
     * @param mostNanos what counts at most between two looks; some times the interval in which they are meant to come
     */
    public AttentiveTime(long nowNanos, long mostNanos) {
        this.lastNanos = nowNanos;
        this.mostNanos = mostNanos;
    }

    /**
     * Takes a look.
     *
     * @param nowNanos the present, by {@link Clock#nanoTime}; one before the last counts for nothing
     * @return nanoseconds of attention since the beginning; never fewer than before
     */
    public long advance(long nowNanos) {
        long passed = nowNanos - lastNanos;
        if (passed > 0) {
            lastNanos = nowNanos;
            attentiveNanos += Math.min(passed, mostNanos);
        }
        return attentiveNanos;
    }
}
