package io.tidegate.hub;

import java.util.concurrent.TimeUnit;

/**
 * How many messages a peer may send in a second, and what happens to the messages above that rate. For the reading
 * thread.
 */
final class Allowance {
    /** What happens to a message. */
    enum Verdict {
        ALLOWED,
        /** The server answers it with an error. */
        REFUSED,
        /** The server answers it with an error and closes the connection, because the peer ignores the errors. */
        CLOSED,
        /** The message came after {@link #CLOSED}. */
        IGNORED
    }

    /** The smallest number of messages above the rate that are answered by an error before the connection is closed. */
    private static final int REFUSALS = 10;

    private static final Allowance UNLIMITED = new Allowance(0);

    private final int perSecond;
    private final RateLimit rate;
    private int refused;
    private long refusedAt;
    private boolean closed;

    private Allowance(int perSecond) {
        this.perSecond = perSecond;
        this.rate = RateLimit.of(perSecond);
    }

    /** An allowance of which nothing is used yet. A rate of 0 means no limit. */
    static Allowance of(int perSecond) {
        return perSecond == 0 ? UNLIMITED : new Allowance(perSecond);
    }

    Verdict judge(long nanoTime) {
        if (closed) {
            return Verdict.IGNORED;
        }
        if (rate.allows(nanoTime)) {
            return Verdict.ALLOWED;
        }
        if (nanoTime - refusedAt > TimeUnit.SECONDS.toNanos(1)) {
            refused = 0;
        }
        refusedAt = nanoTime;
        refused++;
        closed = refused > Math.max(REFUSALS, perSecond);
        return closed ? Verdict.CLOSED : Verdict.REFUSED;
    }

    /** The limit, in the words that the peer is told. */
    String text() {
        return "allowed are " + perSecond + " messages a second";
    }
}
