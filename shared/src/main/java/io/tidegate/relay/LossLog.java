package io.tidegate.relay;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Topics of which messages are lost: one line with their number, since a Redis that lost its data has thousands of them. */
final class LossLog {
    private static final Logger LOG = System.getLogger("io.tidegate.relay");

    /** In which all topics find out that are affected. */
    private static final long GATHER_NANOS = Duration.ofSeconds(3).toNanos();

    private static final long BETWEEN_NANOS = Duration.ofMinutes(1).toNanos();

    private final AtomicLong topics = new AtomicLong();

    // Below: of the thread that ticks.
    private boolean gathering;
    private long due;
    private long earliest = Long.MIN_VALUE;

    /** Messages of one more topic are lost. Any thread. */
    void lost() {
        topics.getAndIncrement();
    }

    /** Writes what is due. One thread. */
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
                    "Messages of {0,number,#} topics have been missed, and are not kept any more; their subscribers are told",
                    topics.getAndSet(0));
        }
    }
}
