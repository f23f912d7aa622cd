package io.tidegate.helidon;

import io.tidegate.metrics.Counter;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.SocketRefusal;
import io.tidegate.time.Rarely;
import java.util.concurrent.atomic.AtomicInteger;

/** TCP connections that may be open at once, to one listener or to several. Any thread. */
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
     * None is open.
     *
     * @param key names the bound in the log
     * @param reason under which a refusal is counted
     */
    SocketLimit(int most, String key, SocketRefusal reason, Metrics metrics) {
        this.most = most;
        this.key = key;
        this.reason = reason;
        this.metrics = metrics;
    }

    /** One more. False where there are enough: then it is to be closed, and not to {@link #leave}. */
    boolean enter() {
        if (open.incrementAndGet() <= most) {
            return true;
        }
        open.decrementAndGet();
        metrics.socketsRefused(reason).increment();
        if (refused.isTime(System.nanoTime())) {
            LOG.log(System.Logger.Level.WARNING, "Closes new TCP connections: {0} are open ({1})", most, key);
        }
        return false;
    }

    /** One of them has ended. */
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

    /** Counts connections that end before they could be read. */
    Counter tlsFailed() {
        return metrics.tlsFailed();
    }

    int open() {
        return open.get();
    }
}
