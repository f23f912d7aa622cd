package io.tidegate.helidon;

import io.helidon.common.task.InterruptableTask;
import io.tidegate.metrics.Counter;
import io.tidegate.time.Rarely;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose TLS handshake, or whose first request, is under way. Helidon 4.2.6 runs the handshake on the
 * connection's own thread and waits for it without a limit. If the handshake fails, Helidon leaves the socket open.
 */
final class TlsHandshakes {
    private static final System.Logger LOG = System.getLogger(TlsHandshakes.class.getName());

    /** The socket of the current thread's connection. */
    private static final ScopedValue<SSLSocket> SOCKET = ScopedValue.newInstance();

    /** The time for the last bytes of a connection, which include its last frame and the end of TLS. */
    private static final int LINGER_SECONDS = 1;

    private final LongSupplier nanoTime;
    private final Map<SSLSocket, Long> unfinished = new ConcurrentHashMap<>();
    private final Rarely told = new Rarely();

    TlsHandshakes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * The socket of this thread's connection; empty where the connection is not encrypted, or belongs to an application's
     * listener.
     */
    static Optional<SSLSocket> socket() {
        return SOCKET.isBound() ? Optional.of(SOCKET.get()) : Optional.empty();
    }

    /**
     * Closes a socket from a thread that must not wait. Closing a TLS socket waits for a write that is under way, and a
     * write waits for the peer (SSLSocketImpl.close). SO_LINGER limits both.
     */
    static void close(SSLSocket socket) {
        Thread.startVirtualThread(() -> {
            try {
                socket.setSoLinger(true, LINGER_SECONDS);
                socket.close();
            } catch (IOException e) {
                // It is closed already.
            }
        });
    }

    /**
     * Runs a connection to its end, on its own thread.
     *
     * @param failed counts handshakes that fail
     * @return null where the handshake failed
     */
    <T> @Nullable T run(SSLSocket socket, InterruptableTask<T> connection, Counter failed) throws Exception {
        unfinished.put(socket, nanoTime.getAsLong());
        try {
            return ScopedValue.where(SOCKET, socket).call(connection::call);
        } catch (RuntimeException e) {
            // The exception comes from the handshake. Helidon itself catches later ones.
            failed.increment();
            if (told.isTime(nanoTime.getAsLong())) {
                Throwable reason = e.getCause() == null ? e : e.getCause();
                LOG.log(
                        System.Logger.Level.INFO,
                        "A TLS handshake failed; further failures are not logged for a minute: {0}",
                        reason.getMessage());
            }
            return null;
        } finally {
            unfinished.remove(socket);
            close(socket);
        }
    }

    /** A request of this thread's connection has begun. */
    void request() {
        socket().ifPresent(unfinished::remove);
    }

    /** Closes the connections that have taken longer. */
    void closeOverdue(Duration timeout) {
        long now = nanoTime.getAsLong();
        unfinished.forEach((socket, since) -> {
            if (now - since > timeout.toNanos() && unfinished.remove(socket, since)) {
                close(socket);
            }
        });
    }
}
