package io.tidegate.hub;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A limit of events a second, with a burst of the same size: the generic cell rate algorithm (ITU-T I.371). Its state is
 * one number: the time at which the next event would be due if all events were evenly spread. Any thread.
 */
final class RateLimit {
    private static final long SECOND = 1_000_000_000L;
    private static final long NEVER = Long.MIN_VALUE;
    private static final RateLimit NONE = new RateLimit(0);

    private final long interval;
    private final AtomicLong due = new AtomicLong(NEVER);

    private RateLimit(long interval) {
        this.interval = interval;
    }

    /**
     * A limit that has counted no event.
     *
     * @param perSecond events a second, also the largest burst; 0 for no limit
     */
    static RateLimit of(int perSecond) {
        return perSecond == 0 ? NONE : new RateLimit(SECOND / perSecond);
    }

    boolean isOff() {
        return interval == 0;
    }

    /** Whether one more event would be within the limit. */
    boolean hasRoom(long nanoTime) {
        long before = due.get();
        return interval == 0 || before == NEVER || before - nanoTime <= SECOND - interval;
    }

    /** Takes back the last event that was within the limit. */
    void giveBack() {
        if (interval > 0) {
            due.addAndGet(-interval);
        }
    }

    /**
     * Counts one more event, even if it is above the limit.
     *
     * @param nanoTime now
     * @return nanoseconds until the next event is within the limit; 0 where it is now
     */
    long exceed(long nanoTime) {
        if (interval == 0) {
            return 0;
        }
        long next =
                due.updateAndGet(before -> (before == NEVER || before - nanoTime < 0 ? nanoTime : before) + interval);
        return Math.max(0, next - nanoTime - (SECOND - interval));
    }

    /**
     * Whether one more event is within the limit. The event counts if it is.
     *
     * @param nanoTime now
     */
    boolean allows(long nanoTime) {
        return allows(nanoTime, 0);
    }

    /**
     * Like {@link #allows(long)}, with a part of the burst left to others.
     *
     * @param reserved 0.5 for a half
     */
    boolean allows(long nanoTime, double reserved) {
        if (interval == 0) {
            return true;
        }
        while (true) {
            long before = due.get();
            long from = before == NEVER || before - nanoTime < 0 ? nanoTime : before;
            if (from - nanoTime > (SECOND - interval) * (1 - reserved)) {
                return false;
            }
            if (due.compareAndSet(before, from + interval)) {
                return true;
            }
        }
    }
}
