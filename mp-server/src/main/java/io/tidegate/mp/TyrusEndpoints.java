package io.tidegate.mp;

import io.helidon.common.uri.UriQuery;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.tidegate.helidon.Endpoint;
import io.tidegate.hub.Connection;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerEndpointConfig;
import java.net.URI;
import java.security.Principal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.core.RequestContext;
import org.glassfish.tyrus.core.TyrusUpgradeResponse;
import org.glassfish.tyrus.core.TyrusWebSocketEngine;
import org.glassfish.tyrus.server.TyrusServerContainer;
import org.glassfish.tyrus.spi.WebSocketEngine;
import org.jspecify.annotations.Nullable;

/**
 * The Jakarta WebSocket container, without a socket. This server's own code answers handshakes and reads and writes
 * frames, and only admitted connections get here. Helidon's own integration of Tyrus is not used: it answers 101 to a
 * refused handshake, never closes TCP, accepts frames that are not masked, and writes each message separately under a
 * lock.
 */
final class TyrusEndpoints implements Endpoint.Factory {
    private final WebSocketEngine engine;
    private final String prefix;

    /**
     * A container with both endpoints.
     *
     * @param maxMessage bytes of the largest message
     * @param prefix of their paths: empty, or for example {@code /ws}
     */
    TyrusEndpoints(int maxMessage, String prefix) {
        this.prefix = prefix;
        this.engine = new Container(maxMessage + TyrusEndpoint.HEADER_MAX).getWebSocketEngine();
        try {
            engine.register(BroadcastEndpoint.class, prefix + "/");
            engine.register(ChatEndpoint.class, prefix + "/");
        } catch (DeploymentException e) {
            throw new IllegalStateException("the endpoints are not what Jakarta WebSocket asks for", e);
        }
    }

    @Override
    public Endpoint create(Connection connection, HttpPrologue prologue, Headers headers) {
        TyrusEndpoint endpoint = new TyrusEndpoint(connection);
        RequestContext request = request(connection, prologue, headers, endpoint);
        TyrusUpgradeResponse response = new TyrusUpgradeResponse();
        WebSocketEngine.UpgradeInfo upgrade = engine.upgrade(request, response);
        if (upgrade.getStatus() != WebSocketEngine.UpgradeStatus.SUCCESS) {
            throw new IllegalStateException("Tyrus refuses what was admitted: " + response.getStatus());
        }
        endpoint.upgraded(upgrade);
        return endpoint;
    }

    private RequestContext request(
            Connection connection, HttpPrologue prologue, Headers headers, TyrusEndpoint endpoint) {
        UriQuery query = prologue.query();
        Map<String, String[]> parameters = new HashMap<>();
        query.names().forEach(name -> parameters.put(name, values(query, name)));
        String path = prologue.uriPath().path();
        RequestContext request = RequestContext.Builder.create()
                .userPrincipal(connection.user().map(User::new).orElse(null))
                .requestURI(URI.create(path.equals(prefix) ? path + "/" : path))
                .queryString(query.rawValue())
                .parameterMap(parameters)
                .httpSession(endpoint)
                .build();
        headers.forEach(header -> request.getHeaders().put(header.name(), header.allValues()));
        return request;
    }

    /** Adds an empty value, because Tyrus fails on a name without a value, as in {@code ?a}. */
    private static String[] values(UriQuery query, String name) {
        List<String> values = query.all(name);
        return values.isEmpty() ? new String[] {""} : values.toArray(String[]::new);
    }

    /** {@code sub} of a token, as the result of {@code Session.getUserPrincipal()}. */
    private record User(String name) implements Principal {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * Sets no timers. With every message Tyrus would set a timer for each session, even though no session has an idle
     * timeout: the hub itself watches its connections.
     */
    private static final class NoTimers extends ScheduledThreadPoolExecutor {
        NoTimers() {
            super(0);
        }

        @Override
        public @Nullable ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            return null;
        }
    }

    private static final class Container extends TyrusServerContainer {
        private final WebSocketEngine engine;

        private final ScheduledExecutorService timers = new NoTimers();

        Container(int incomingBufferSize) {
            super(Set.of());
            this.engine = TyrusWebSocketEngine.builder(this)
                    .incomingBufferSize(incomingBufferSize)
                    .build();
        }

        @Override
        public WebSocketEngine getWebSocketEngine() {
            return engine;
        }

        @Override
        public ScheduledExecutorService getScheduledExecutorService() {
            return timers;
        }

        @Override
        public void register(Class<?> endpointClass) {
            throw new UnsupportedOperationException("the endpoints are fixed");
        }

        @Override
        public void register(ServerEndpointConfig config) {
            throw new UnsupportedOperationException("the endpoints are fixed");
        }
    }
}
