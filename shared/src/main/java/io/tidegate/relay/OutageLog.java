package io.tidegate.relay;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The log lines for an operator about a relay that fails: the beginning of an outage with its reason, each change of
 * the reason, a reminder every minute with the latest reason, and the end. It writes at most two warnings a minute; the
 * next line tells what was left out. For a relay that goes up and down, an end is logged only if its beginning was
 * logged. One thread.
 */
final class OutageLog {
    private static final Logger LOG = System.getLogger("io.tidegate.relay");
    private static final long REMINDER_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int MOST_A_MINUTE = 2;

    /** When the last warnings were written. */
    private final Deque<Long> warnings = new ArrayDeque<>();

    /** The reason in the last warning about the present outage; null before the first warning. */
    private @Nullable String told;

    private long toldAt;

    /** Whether the log has the beginning of the present outage but not its end, or has no line yet. */
    private boolean unfinished = true;

    /**
     * The relay is down, or still is.
     *
     * @param since when the relay went down; by the same clock as {@code now}
     */
    void down(String reason, long since, long now) {
        if ((reason.equals(told) && now - toldAt < REMINDER_NANOS) || !mayWarn(now)) {
            return;
        }
        told = reason;
        toldAt = now;
        unfinished = true;
        if (now - since < REMINDER_NANOS) {
            LOG.log(Level.WARNING, "The relay is down: {0}", reason);
        } else {
            LOG.log(
                    Level.WARNING,
                    "The relay has been down for {0,number,#} s: {1}",
                    Duration.ofNanos(now - since).toSeconds(),
                    reason);
        }
    }

    /** The relay is up. Writes nothing where the beginning of the outage was not logged. */
    void up(long since, long now) {
        if (unfinished) {
            unfinished = false;
            LOG.log(Level.INFO, "The relay is up, after {0,number,#} ms", (now - since) / 1_000_000);
        }
    }

    /** Redis refuses operations of one topic only. */
    void refused(Refusal refusal, long now) {
        if (mayWarn(now)) {
            LOG.log(
                    Level.WARNING,
                    "Redis refuses the operations of topic {0}; other topics are served: {1}",
                    refusal.topic(),
                    refusal.reason());
        }
    }

    private boolean mayWarn(long now) {
        while (!warnings.isEmpty() && now - warnings.element() >= REMINDER_NANOS) {
            warnings.remove();
        }
        return warnings.size() < MOST_A_MINUTE && warnings.add(now);
    }
}
