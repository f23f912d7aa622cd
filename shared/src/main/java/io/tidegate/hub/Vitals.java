package io.tidegate.hub;

import java.util.concurrent.TimeUnit;

/**
 * Whether a peer is alive, and when its next heartbeat is due. Each field has one writer: the reading thread writes what
 * was heard, the write loop the end, the tick the rest. Silence is measured by {@link Hub#attention}.
 */
final class Vitals {
    /** How long a peer may take to answer a close frame. */
    static final long CLOSE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** What the tick must do. */
    enum Due {
        NOTHING,
        HEARTBEAT,
        /** The peer has been silent for too long. */
        CLOSE,
        /** For too long the peer has taken nothing of what is written to it. */
        STALLED,
        /** The peer has not answered the close frame. */
        CUT
    }

    private volatile long heardAt;
    private volatile boolean closing;
    private volatile long cutAt;

    // Only for the tick.
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

    /** The peer has sent something. */
    void heard(long attention) {
        heardAt = attention;
    }

    /** The closing handshake has begun. */
    void closing(long attention) {
        // The deadline is written first, because a thread that sees closing checks the deadline.
        cutAt = attention + CLOSE_TIMEOUT_NANOS;
        closing = true;
    }

    /**
     * Checks the peer.
     *
     * @param unread whether frames of the peer may wait in its socket because this server does not read them
     * @param blocked whether something waits for the peer to take it
     * @param takenNow how many such bytes the peer has taken so far
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
