package io.tidegate.helidon;

import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import io.tidegate.access.Credentials;
import io.tidegate.framing.Handshake;
import io.tidegate.hub.Admission;
import io.tidegate.hub.Connection;
import io.tidegate.hub.Entrance;
import io.tidegate.hub.Hub;
import io.tidegate.hub.Peer;
import io.tidegate.hub.Transport;
import io.tidegate.protocol.Route;
import io.tidegate.settings.Settings;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers a WebSocket handshake: with 101 and a connection of ours, or with an HTTP status that says why not. In the
 * order: does it speak RFC 6455, is there such an endpoint, may it connect now, who is it.
 */
final class WebSocketUpgrader implements Http1Upgrader {
    private static final System.Logger LOG = System.getLogger(WebSocketUpgrader.class.getName());

    private final Hub hub;
    private final Endpoint.Factory endpoints;
    private final Settings.Limits limits;
    private final Settings.Auth auth;
    private final NativeSender sender = new NativeSender();

    WebSocketUpgrader(Hub hub, Endpoint.Factory endpoints, Settings settings) {
        this.hub = hub;
        this.endpoints = endpoints;
        this.limits = settings.limits();
        this.auth = settings.auth();
        if (!NativeSender.problem().isEmpty()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "Each write takes a thread and up to twice the CPU, since sockets cannot be asked: {0}",
                    NativeSender.problem());
        }
    }

    @Override
    public String supportedProtocol() {
        return RequestHeads.WEBSOCKET;
    }

    @Override
    public ServerConnection upgrade(ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
        String version = OldHttp.version(context, prologue.protocolVersion());
        String accept = accept(Handshake.of(prologue.method().text(), version, name -> values(headers, name)));
        Route.Found route = route(prologue, headers);
        Peer peer = peer(route, permit(context, headers), prologue, headers);
        SocketTransport transport = new SocketTransport(context.serverSocket(), sender);
        try {
            Connection connection = open(transport, peer);
            Endpoint endpoint = endpoint(connection, prologue, headers);
            byte[] response = Handshake.response(accept, route.subprotocol());
            return new WebSocketConnection(
                    context, transport, connection, endpoint, () -> transport.write(response, 0), limits.message());
        } catch (RuntimeException | Error e) {
            // Helidon answers with this, and closes the socket past the transport.
            transport.release();
            throw e;
        }
    }

    private Connection open(Transport transport, Peer peer) {
        try {
            return hub.open(transport, peer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refusal(503, Map.of(), "this node is stopping");
        }
    }

    private Endpoint endpoint(Connection connection, HttpPrologue prologue, WritableHeaders<?> headers) {
        try {
            return endpoints.create(connection, prologue, headers);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "A connection could not be opened", e);
            connection.ended();
            throw refusal(500, Map.of(), "this node failed to open the connection");
        }
    }

    private static String accept(Handshake handshake) {
        return switch (handshake) {
            case Handshake.Accepted accepted -> accepted.accept();
            case Handshake.Refused refused -> throw refusal(refused);
        };
    }

    private Route.Found route(HttpPrologue prologue, WritableHeaders<?> headers) {
        Route.Request request = new Route.Request(
                prologue.uriPath().path(), prologue.query().all("topic", List::of), subprotocols(headers));
        return switch (Route.of(request, limits.topics())) {
            case Route.Found found -> found;
            case Route.Refused refused -> throw refusal(refused.status(), Map.of(), refused.message());
        };
    }

    private Admission.Permit permit(ConnectionContext context, WritableHeaders<?> headers) {
        List<String> origin = values(headers, "Origin");
        InetSocketAddress peer = (InetSocketAddress) context.remotePeer().address();
        Admission.Decision decision = hub.admission()
                .admit(
                        origin.isEmpty() ? null : origin.getFirst(),
                        peer.getAddress(),
                        values(headers, "X-Forwarded-For"));
        return switch (decision) {
            case Admission.Permit permit -> permit;
            case Admission.Refused refused -> throw refusal(refused);
        };
    }

    private Peer peer(Route.Found route, Admission.Permit permit, HttpPrologue prologue, WritableHeaders<?> headers) {
        Credentials credentials = Credentials.of(
                name -> values(headers, name),
                subprotocols(headers),
                prologue.query().all(Credentials.QUERY, List::of),
                auth.cookie());
        return switch (hub.entrance().enter(credentials, route, permit)) {
            case Entrance.Open open -> open.peer();
            case Entrance.Status status -> throw refusal(status.refused());
        };
    }

    private static RequestException refusal(Admission.Refused refused) {
        Map<String, String> headers = new HashMap<>();
        if (refused.retryAfterSeconds() > 0) {
            headers.put("Retry-After", String.valueOf(refused.retryAfterSeconds()));
        }
        refused.challenge().ifPresent(challenge -> headers.put("WWW-Authenticate", challenge));
        return refusal(refused.status(), headers, refused.message());
    }

    private static List<String> subprotocols(WritableHeaders<?> headers) {
        return Handshake.subprotocols(values(headers, "Sec-WebSocket-Protocol"));
    }

    private static List<String> values(WritableHeaders<?> headers, String name) {
        return headers.all(HeaderNames.create(name), List::of);
    }

    /** Helidon answers with this, and closes the connection. */
    static RequestException refusal(Handshake.Refused refused) {
        return refusal(refused.status(), refused.headers(), refused.text());
    }

    private static RequestException refusal(int status, Map<String, String> headers, String message) {
        RequestException.Builder refusal = RequestException.builder()
                .type(EventType.OTHER)
                .status(Status.create(status))
                .setKeepAlive(false)
                .header(HeaderValues.CONTENT_TYPE_TEXT_PLAIN)
                .message(message)
                .safeMessage(true);
        headers.forEach((name, value) -> {
            Header header = HeaderValues.create(name, value);
            refusal.header(header);
        });
        return refusal.build();
    }
}
