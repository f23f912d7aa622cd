package io.tidegate.hub;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * Logs connections that are closed because they do not read: at most one line every ten seconds, because a burst can
 * close thousands.
 */
final class SlowConsumerLog {
    private static final Logger LOG = System.getLogger("io.tidegate.hub");

    private static final long BETWEEN_NANOS = Duration.ofSeconds(10).toNanos();

    // Both fields are guarded by this object's lock, which is taken for every close and 20 times a second.
    private int closed;
    private String last = "";

    // Only for the thread that ticks.
    private long earliest = Long.MIN_VALUE;

    /** A connection is closed as a slow consumer. Any thread. */
    synchronized void closed(String connection) {
        closed++;
        last = connection;
    }

    /** Logs what is due. One thread. */
    void tick(long now) {
        if (earliest != Long.MIN_VALUE && now - earliest < 0) {
            return;
        }
        int number;
        String name;
        synchronized (this) {
            number = closed;
            name = last;
            closed = 0;
        }
        if (number > 0) {
            earliest = now + BETWEEN_NANOS;
            LOG.log(
                    Level.WARNING,
                    "Closed {0,number,#} connections as slow consumers (1013), because they read more slowly than"
                            + " messages come; the last one is {1}",
                    number,
                    name);
        }
    }
}
