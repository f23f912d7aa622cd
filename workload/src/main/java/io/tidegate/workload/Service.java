package io.tidegate.workload;

/** Whether one user is served, as counted in the tally. Any thread. */
final class Service {
    /** The code of a connection that ended without one (RFC 6455, section 7.1.5). */
    static final int NO_CODE = 1006;

    /** The code of a drain and of a rebalance. */
    static final int RESTART = 1012;

    private final Tally tally;
    private final String user;
    private long since = System.nanoTime();
    private boolean serves;
    private boolean served;
    private boolean over;

    Service(Tally tally, String user) {
        this.tally = tally;
        this.user = user;
    }

    /** Whether the user is served now. */
    synchronized boolean serves() {
        return serves;
    }

    /** Whether the user is served now, or was served before. */
    synchronized boolean served() {
        return served;
    }

    /** The user is served, for the first time or again. */
    synchronized void begins() {
        if (serves || over) {
            return;
        }
        long now = System.nanoTime();
        if (served) {
            tally.reconnects.count();
            tally.outage.record(now - since);
        } else {
            tally.connect.record(now - since);
        }
        serves = true;
        served = true;
        tally.live.incrementAndGet();
    }

    /** Another connection has replaced the one that served the user. */
    synchronized void isHandedOver() {
        tally.reconnects.count();
        tally.handovers.incrementAndGet();
    }

    /**
     * The user is not served any more.
     *
     * @param code of the close frame, or {@link #NO_CODE}
     * @param reason for a human
     */
    synchronized void ends(int code, String reason) {
        if (serves) {
            tally.closed(code);
            if (code != RESTART) {
                tally.ended(user, reason);
            }
            cease();
        }
    }

    /** The user leaves by itself. */
    synchronized void isOver() {
        over = true;
        if (serves) {
            cease();
        }
    }

    private void cease() {
        serves = false;
        since = System.nanoTime();
        tally.live.decrementAndGet();
    }
}
