package io.tidegate.time;

/**
 * The time during which a node was able to look at what others do. Where the node itself stood still (a CPU limit, a paused
 * machine, a long collection), others were not silent: what they sent may lie in a socket. So each look adds what has passed since
 * the last one, up to a bound. Not for several threads.
 */
public final class AttentiveTime {
    private final long most;
    private long last;
    private long attentive;

    /**
     * Begins at 0.
     *
     * @param nowNanos by {@link Clock#nanoTime}
     * @param mostNanos what one look adds at most, however late it comes
     */
    public AttentiveTime(long nowNanos, long mostNanos) {
        this.last = nowNanos;
        this.most = mostNanos;
    }

    /**
     * Looks.
     *
     * @return the nanoseconds of attention since the beginning
     */
    public long advance(long nowNanos) {
        attentive += Math.clamp(nowNanos - last, 0, most);
        last = nowNanos;
        return attentive;
    }
}
