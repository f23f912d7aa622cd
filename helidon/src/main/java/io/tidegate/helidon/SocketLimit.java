package io.tidegate.helidon;

import io.tidegate.metrics.Counter;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.SocketRefusal;
import io.tidegate.time.Rarely;
import java.util.concurrent.atomic.AtomicInteger;

/** Limits the open TCP connections of one or several listeners. Any thread. */
final class SocketLimit {
    private static final System.Logger LOG = System.getLogger(SocketLimit.class.getName());

    private final int most;
    private final String key;
    private final SocketRefusal reason;
    private final Metrics metrics;
    private final AtomicInteger open = new AtomicInteger();
    private final Rarely refused = new Rarely();
    private final Rarely failed = new Rarely();

    /**
     * No connection is open.
     *
     * @param key names the limit in the log
     * @param reason under which a refusal is counted
     */
    SocketLimit(int most, String key, SocketRefusal reason, Metrics metrics) {
        this.most = most;
        this.key = key;
        this.reason = reason;
        this.metrics = metrics;
    }

    /**
     * Counts one more connection. Returns false at the limit: the caller then closes the connection and does not {@link
     * #leave}.
     */
    boolean enter() {
        if (open.incrementAndGet() <= most) {
            return true;
        }
        open.decrementAndGet();
        metrics.socketsRefused(reason).increment();
        if (refused.isTime(System.nanoTime())) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "New TCP connections are closed at once, because {0} are open ({1})",
                    most,
                    key);
        }
        return false;
    }

    /** A counted connection has ended. */
    void leave() {
        open.decrementAndGet();
    }

    /**
     * A listener could not accept, and tries again.
     *
     * @param listener its name
     */
    void failed(String listener, Exception failure) {
        metrics.socketsRefused(SocketRefusal.ACCEPT).increment();
        if (failed.isTime(System.nanoTime())) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The listener {0} cannot accept connections, and tries again: {1}",
                    listener,
                    failure.getMessage());
        }
    }

    /** Counts connections that end before they can be read. */
    Counter tlsFailed() {
        return metrics.tlsFailed();
    }

    int open() {
        return open.get();
    }
}
