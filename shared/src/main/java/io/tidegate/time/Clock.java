package io.tidegate.time;

/**
 * The two readings of time that the core takes, injected so that no test has to wait.
 *
 * <p>Both may be read from any thread.
 */
public interface Clock {

    /** Nanoseconds since an arbitrary origin; never steps back. For intervals, timeouts and deadlines. */
    long nanoTime();

    /** Milliseconds since 1970-01-01T00:00Z; may jump where the machine's clock is set. For timestamps. */
    long epochMillis();

    /** The machine's own clock. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
