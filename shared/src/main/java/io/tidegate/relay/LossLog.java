package io.tidegate.relay;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Logs the number of topics of which messages are lost, as one line: a Redis that has lost its data has thousands of
 * such topics.
 */
final class LossLog {
    private static final Logger LOG = System.getLogger("io.tidegate.relay");

    /** The time in which the losses of all affected topics are counted. */
    private static final long GATHER_NANOS = Duration.ofSeconds(3).toNanos();

    private static final long BETWEEN_NANOS = Duration.ofMinutes(1).toNanos();

    private final AtomicLong topics = new AtomicLong();

    // The fields below are only for the thread that ticks.
    private boolean gathering;
    private long due;
    private long earliest = Long.MIN_VALUE;

    /** Messages of one more topic are lost. Any thread. */
    void lost() {
        topics.getAndIncrement();
    }

    /** Writes the line if it is due. One thread. */
    void tick(long now) {
        if (topics.get() == 0) {
            return;
        }
        if (!gathering) {
            gathering = true;
            due = Math.max(now + GATHER_NANOS, earliest);
        } else if (now >= due) {
            gathering = false;
            earliest = now + BETWEEN_NANOS;
            LOG.log(
                    Level.WARNING,
                    "This node has missed messages of {0,number,#} topics that are not kept any more; the subscribers are told",
                    topics.getAndSet(0));
        }
    }
}
