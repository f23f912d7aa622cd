package io.tidegate.helidon;

import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Watches the heads of requests, because Helidon has two gaps. First, Helidon looks an upgrade up by the exact value of
 * the header, but {@code Upgrade: WebSocket} is also valid (RFC 6455, section 4.2.1). Second, a request whose headers
 * never end holds its connection forever.
 *
 * <p>The thread that removes a request's entry from the map decides about its connection: either the watch closes the
 * socket, or the request goes on. Without that rule a WebSocket could start while the watch closes its socket, which
 * bypasses {@link SocketTransport}.
 */
public final class HeaderTimeout implements Http1ConnectionListener, AutoCloseable {
    static final String WEBSOCKET = "websocket";

    /** The limit for a request's line and headers. A request that takes longer holds a connection without use. */
    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Duration timeout;
    private final LongSupplier nanoTime;
    private final Map<ConnectionContext, Long> unfinished = new ConcurrentHashMap<>();
    private final BodyTimeout bodies;
    private final TlsHandshakes handshakes;
    private final Thread watch =
            Thread.ofPlatform().daemon().name("tidegate-request-heads").unstarted(this::watch);

    public HeaderTimeout(Duration timeout) {
        this(timeout, System::nanoTime);
    }

    HeaderTimeout(Duration timeout, LongSupplier nanoTime) {
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        this.bodies = new BodyTimeout(BodyTimeout.TIMEOUT, nanoTime);
        this.handshakes = new TlsHandshakes(nanoTime);
    }

    @Override
    public void prologue(ConnectionContext context, HttpPrologue prologue) {
        unfinished.put(context, nanoTime.getAsLong());
        handshakes.request();
    }

    /**
     * {@inheritDoc}
     *
     * @throws CloseConnectionException where the watch closes this connection; Helidon then ends it without an answer
     */
    @Override
    public void headers(ConnectionContext context, Headers headers) {
        if (unfinished.remove(context) == null) {
            throw new CloseConnectionException("the head of the request took longer than " + timeout);
        }
        List<String> upgrade = headers.all(HeaderNames.UPGRADE, List::of);
        boolean webSocket = upgrade.stream()
                .flatMap(value -> List.of(value.split(",")).stream())
                .anyMatch(token -> token.strip().equalsIgnoreCase(WEBSOCKET));
        if (webSocket && headers instanceof WritableHeaders<?> writable) {
            writable.set(HeaderNames.UPGRADE, WEBSOCKET);
        }
    }

    public Duration timeout() {
        return timeout;
    }

    /** Watches the bodies of requests, while this object watches their heads. */
    BodyTimeout bodies() {
        return bodies;
    }

    /** Watches a connection until its first request. */
    TlsHandshakes handshakes() {
        return handshakes;
    }

    public void start() {
        watch.start();
        bodies.start();
    }

    @Override
    public void close() {
        watch.interrupt();
        bodies.close();
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, timeout.toNanos() / 10);
            closeOverdue();
            handshakes.closeOverdue(timeout);
        }
    }

    /** Closes the connections whose headers have been under way for too long. */
    void closeOverdue() {
        long now = nanoTime.getAsLong();
        unfinished.forEach((context, since) -> {
            if (now - since > timeout.toNanos() && unfinished.remove(context, since)) {
                try {
                    context.serverSocket().close();
                } catch (UncheckedIOException e) {
                    // It is closed already.
                }
            }
        });
    }
}
