package io.tidegate.rehearsal.load;

/** Whether one member is served, as the tally counts it. Any thread. */
final class Service {
    private final Tally tally;
    private long since = System.nanoTime();
    private boolean serves;
    private boolean served;
    private boolean over;

    Service(Tally tally) {
        this.tally = tally;
    }

    /** Whether it is served now. */
    synchronized boolean serves() {
        return serves;
    }

    /** Whether it is served now, or was. */
    synchronized boolean served() {
        return served;
    }

    /** It is served, for the first time or again. */
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

    /** Another connection has taken the place of the one that served it. */
    synchronized void isHandedOver() {
        tally.reconnects.count();
        tally.handovers.incrementAndGet();
    }

    /** It is served no more, because of this close code, or 1006. */
    synchronized void ends(int code) {
        if (serves) {
            tally.closed(code);
            cease();
        }
    }

    /** It leaves by itself. */
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
