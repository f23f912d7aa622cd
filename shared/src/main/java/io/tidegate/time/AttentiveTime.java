package io.tidegate.time;

/**
 * Time in which this process was able to look. A peer's silence is measured in this time: a process that was stopped, or
 * had no processor, for ten seconds has not seen ten seconds of silence, because the peer's answer may be in a buffer
 * that the process did not read.
 *
 * <p>Each {@link #advance} adds the time since the one before, but not more than a limit. So it must be advanced more
 * often than that limit. Not thread safe.
 */
public final class AttentiveTime {
    private final long mostNanos;
    private long lastNanos;
    private long attentiveNanos;

    /**
     * Begins at 0.
     *
     * @param nowNanos the present, by {@link Clock#nanoTime}
     * @param mostNanos the most that counts between two looks; a multiple of the planned interval between looks
     */
    public AttentiveTime(long nowNanos, long mostNanos) {
        this.lastNanos = nowNanos;
        this.mostNanos = mostNanos;
    }

    /**
     * Takes a look.
     *
     * @param nowNanos the present, by {@link Clock#nanoTime}; a time before the last look adds nothing
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
