package io.tidegate.hub;

import java.util.concurrent.TimeUnit;

/**
 * Whether a peer is alive, and when its next heartbeat is due. Each field has one writer: the reading thread what was heard, the
 * write loop the end, the tick the rest. Silence is measured by {@link Hub#attention}.
 */
final class Vitals {
    /** How long a peer may take to answer a close frame. */
    static final long CLOSE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** What the tick is to do. */
    enum Due {
        NOTHING,
        HEARTBEAT,
        /** It has been silent for too long. */
        CLOSE,
        /** It has taken nothing of what is written to it for too long. */
        STALLED,
        /** It has not answered the close frame. */
        CUT
    }

    private volatile long heardAt;
    private volatile boolean closing;
    private volatile long cutAt;

    // Of the tick
    private long excusedAt;
    private long tookAt;
    private long taken;
    private long nextHeartbeat;

    Vitals(long attention, long now, Heartbeat heartbeat) {
        this.heardAt = attention;
        this.excusedAt = attention;
        this.tookAt = attention;
        this.nextHeartbeat = now + heartbeat.intervalNanos();
    }

    /** It has sent something. */
    void heard(long attention) {
        heardAt = attention;
    }

    /** The closing handshake has begun. */
    void closing(long attention) {
        // The deadline comes first: a thread that sees that this is closing may hold it to that.
        cutAt = attention + CLOSE_TIMEOUT_NANOS;
        closing = true;
    }

    /**
     * One look.
     *
     * @param unread whether what the peer says may lie in its socket, by no fault of its own
     * @param blocked whether something waits for the peer to take it
     * @param takenNow what it has taken so far of such things
     */
    Due look(long attention, long now, boolean unread, boolean blocked, long takenNow, Heartbeat heartbeat) {
        if (closing) {
            return attention - cutAt >= 0 ? Due.CUT : Due.NOTHING;
        }
        if (!blocked || takenNow != taken) {
            tookAt = attention;
            taken = takenNow;
        }
        if (attention - tookAt > heartbeat.idleNanos()) {
            return Due.STALLED;
        }
        if (unread) {
            excusedAt = attention;
        }
        if (attention - Math.max(heardAt, excusedAt) > heartbeat.idleNanos()) {
            return Due.CLOSE;
        }
        if (now - nextHeartbeat < 0) {
            return Due.NOTHING;
        }
        nextHeartbeat += heartbeat.intervalNanos();
        return Due.HEARTBEAT;
    }
}
