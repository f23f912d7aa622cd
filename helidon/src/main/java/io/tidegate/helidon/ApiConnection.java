package io.tidegate.helidon;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;

/**
 * An HTTP connection of the API. A request knows its connection, so that a body that does not come can be answered and
 * cut, and so that Helidon's own refusals are answered as problems.
 *
 * @param http an HTTP/1.1 connection of Helidon
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
     * Makes such connections.
     *
     * @param http Helidon's selector of HTTP/1.1
     */
    static ServerConnectionSelector selector(ServerConnectionSelector http) {
        return new HttpSelector(http, context -> {
            ConnectionContext ours = new Context(context);
            return new ApiConnection(http.connection(ours), ours);
        });
    }

    /** The same context with another listener context and another reader. */
    private static final class Context extends ForwardingContext {
        private final ListenerContext listener;
        private final DataReader reader;

        Context(ConnectionContext context) {
            super(context);
            this.listener = new ProblemContext(context.listenerContext());
            this.reader = new RequestReader(() -> RequestReader.pull(context.dataReader()));
        }

        @Override
        public DataReader dataReader() {
            return reader;
        }

        @Override
        public ListenerContext listenerContext() {
            return listener;
        }
    }
}
