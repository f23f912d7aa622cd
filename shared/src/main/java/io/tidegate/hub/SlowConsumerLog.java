package io.tidegate.hub;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Connections that are closed since they do not read: a line every ten seconds at most, since a burst can close thousands. */
final class SlowConsumerLog {
    private static final Logger LOG = System.getLogger("io.tidegate.hub");

    private static final long BETWEEN_NANOS = Duration.ofSeconds(10).toNanos();

    // Both: of this lock, which is taken for every close and 20 times a second.
    private int closed;
    private String last = "";

    // Of the thread that ticks.
    private long earliest = Long.MIN_VALUE;

    /** One more is closed. Any thread. */
    synchronized void closed(String connection) {
        closed++;
        last = connection;
    }

    /** Writes what is due. One thread. */
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
                    "Closed as slow consumers (1013), since they read less than they are sent: {0,number,#} connections, the last"
                            + " one {1}",
                    number,
                    name);
        }
    }
}
