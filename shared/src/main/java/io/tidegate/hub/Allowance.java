package io.tidegate.hub;

import java.util.concurrent.TimeUnit;

/** What a peer may send in a second, and what becomes of one that sends more. For the reading thread. */
final class Allowance {
    /** What becomes of a message. */
    enum Verdict {
        ALLOWED,
        /** Answered by an error. */
        REFUSED,
        /** The same, and the connection is closed: the peer does not heed the errors. */
        CLOSED,
        /** It came after that. */
        IGNORED
    }

    /** Messages above the rate that are answered by an error before the connection is closed, at least. */
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

    /** A full one of so many messages; 0 for no limit. */
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

    /** What is allowed, as a peer is told. */
    String text() {
        return "allowed are " + perSecond + " messages a second";
    }
}
