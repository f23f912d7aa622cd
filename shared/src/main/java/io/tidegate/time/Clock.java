package io.tidegate.time;

/**
 * The two clocks of the core. They are injected so that no test has to wait.
 *
 * <p>Any thread may read both.
 */
public interface Clock {

    /** Nanoseconds since an arbitrary origin; never goes back. For intervals, timeouts and deadlines. */
    long nanoTime();

    /** Milliseconds since 1970-01-01T00:00Z; may jump when the machine's clock is set. For timestamps. */
    long epochMillis();

    /** The machine's clock. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
