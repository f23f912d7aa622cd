package io.tidegate.helidon;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/**
 * An HTTP connection of the API. Its requests know it, so that a body that does not come can be answered and cut, and what
 * Helidon refuses itself is answered as a problem, too.
 *
 * @param http an HTTP/1.1 connection of Helidon's
 */
record ApiConnection(ServerConnection http, ConnectionContext context) implements ServerConnection {
    private static final ThreadLocal<ConnectionContext> CURRENT = new ThreadLocal<>();

    /** The connection whose request this thread answers. */
    static ConnectionContext current() {
        ConnectionContext context = CURRENT.get();
        if (context == null) {
            throw new IllegalStateException("no request of the API");
        }
        return context;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        CURRENT.set(context);
        try {
            http.handle(limit);
        } finally {
            CURRENT.remove();
        }
    }

    @Override
    public Duration idleTime() {
        return http.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
        http.close(interrupt);
    }

    /**
     * Makes them.
     *
     * @param http Helidon's selector of HTTP/1.1
     */
    record Selector(ServerConnectionSelector http) implements ServerConnectionSelector {
        @Override
        public int bytesToIdentifyConnection() {
            return http.bytesToIdentifyConnection();
        }

        @Override
        public Support supports(BufferData data) {
            return http.supports(data);
        }

        @Override
        public Set<String> supportedApplicationProtocols() {
            return http.supportedApplicationProtocols();
        }

        @Override
        public ServerConnection connection(ConnectionContext context) {
            ConnectionContext ours = new Context(context, new ProblemContext(context.listenerContext()));
            return new ApiConnection(http.connection(ours), ours);
        }
    }

    /** The same context with another listener's. */
    private record Context(ConnectionContext context, ListenerContext listenerContext) implements ConnectionContext {
        @Override
        public ExecutorService executor() {
            return context.executor();
        }

        @Override
        public DataWriter dataWriter() {
            return context.dataWriter();
        }

        @Override
        public DataReader dataReader() {
            return context.dataReader();
        }

        @Override
        public Router router() {
            return context.router();
        }

        @Override
        public Optional<ProxyProtocolData> proxyProtocolData() {
            return context.proxyProtocolData();
        }

        @Override
        public HelidonSocket serverSocket() {
            return context.serverSocket();
        }

        @Override
        public PeerInfo remotePeer() {
            return context.remotePeer();
        }

        @Override
        public PeerInfo localPeer() {
            return context.localPeer();
        }

        @Override
        public boolean isSecure() {
            return context.isSecure();
        }

        @Override
        public String socketId() {
            return context.socketId();
        }

        @Override
        public String childSocketId() {
            return context.childSocketId();
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }
}
