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
 * Connections whose handshake of TLS, or whose first request, is under way. Helidon 4.2.6 makes the handshake on the connection's own
 * thread and waits for it without end; where it fails, Helidon leaves the socket open.
 */
final class TlsHandshakes {
    private static final System.Logger LOG = System.getLogger(TlsHandshakes.class.getName());

    /** Of the connection whose thread asks. */
    private static final ScopedValue<SSLSocket> SOCKET = ScopedValue.newInstance();

    /** For what is still to be sent when a connection ends, its last frame and the end of TLS among it. */
    private static final int LINGER_SECONDS = 1;

    private final LongSupplier nanoTime;
    private final Map<SSLSocket, Long> unfinished = new ConcurrentHashMap<>();
    private final Rarely told = new Rarely();

    TlsHandshakes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The socket of this thread's connection; empty where it is not encrypted, or not by a listener of ours. */
    static Optional<SSLSocket> socket() {
        return SOCKET.isBound() ? Optional.of(SOCKET.get()) : Optional.empty();
    }

    /**
     * Closes a socket from a thread that must not wait: to close one of TLS waits for a write that is under way, and to write waits for
     * the peer (SSLSocketImpl.close). With SO_LINGER both have a bound.
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
     * @return null where it failed
     */
    <T> @Nullable T run(SSLSocket socket, InterruptableTask<T> connection, Counter failed) throws Exception {
        unfinished.put(socket, nanoTime.getAsLong());
        try {
            return ScopedValue.where(SOCKET, socket).call(connection::call);
        } catch (RuntimeException e) {
            // Of the handshake: what comes later Helidon catches itself.
            failed.increment();
            if (told.isTime(nanoTime.getAsLong())) {
                Throwable reason = e.getCause() == null ? e : e.getCause();
                LOG.log(
                        System.Logger.Level.INFO,
                        "A handshake of TLS has failed; of more there is no line for a minute: {0}",
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

    /** Closes those that have taken longer. */
    void closeOverdue(Duration timeout) {
        long now = nanoTime.getAsLong();
        unfinished.forEach((socket, since) -> {
            if (now - since > timeout.toNanos() && unfinished.remove(socket, since)) {
                close(socket);
            }
        });
    }
}
