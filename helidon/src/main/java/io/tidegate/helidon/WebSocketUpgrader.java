package io.tidegate.helidon;

import io.helidon.common.socket.HelidonSocket;
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
import io.tidegate.framing.Deflation;
import io.tidegate.framing.Handshake;
import io.tidegate.framing.Inflation;
import io.tidegate.hub.Admission;
import io.tidegate.hub.Connection;
import io.tidegate.hub.Entrance;
import io.tidegate.hub.Hub;
import io.tidegate.hub.Peer;
import io.tidegate.hub.Transport;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.Rejection;
import io.tidegate.owner.OutOfMemory;
import io.tidegate.protocol.Route;
import io.tidegate.protocol.Wire;
import io.tidegate.settings.Settings;
import io.tidegate.tracing.Step;
import io.tidegate.tracing.Tracing;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Answers a WebSocket handshake: with 101 and a connection of this server, or with an HTTP status that says why not. It
 * checks in this order: whether the request follows RFC 6455, whether the endpoint exists, whether the client may connect
 * now, and the client's identity.
 */
final class WebSocketUpgrader implements Http1Upgrader {
    private static final System.Logger LOG = System.getLogger(WebSocketUpgrader.class.getName());

    private final Hub hub;
    private final Endpoint.Factory endpoints;
    private final Settings.Limits limits;
    private final Settings.Auth auth;
    private final boolean compresses;
    private final String prefix;
    private final UnaryOperator<String> paths;
    private final Deflation deflation = new Deflation();
    private final Inflation inflation = new Inflation();

    /** @param paths maps a request's path to the endpoint's path */
    WebSocketUpgrader(Hub hub, Endpoint.Factory endpoints, Settings settings, UnaryOperator<String> paths) {
        this.hub = hub;
        this.endpoints = endpoints;
        this.limits = settings.limits();
        this.auth = settings.auth();
        this.compresses = settings.compression().enabled();
        this.prefix = settings.server().prefix();
        this.paths = paths;
    }

    @Override
    public String supportedProtocol() {
        return HeaderTimeout.WEBSOCKET;
    }

    @Override
    public ServerConnection upgrade(ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
        if (!hub.traces().isOn()) {
            return answer(context, prologue, headers);
        }
        List<String> traceparents = values(headers, "traceparent");
        Tracing.Span span =
                hub.traces().begin(Step.HANDSHAKE, traceparents.size() == 1 ? traceparents.getFirst() : "", "");
        String failure = "failed";
        try {
            ServerConnection connection = answer(context, prologue, headers);
            failure = "";
            return connection;
        } catch (RequestException e) {
            failure = "refused: " + e.status().code();
            throw e;
        } finally {
            span.end(failure);
        }
    }

    private ServerConnection answer(ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
        long begun = System.nanoTime();
        String version = OldHttp.version(context, prologue.protocolVersion());
        Handshake.Accepted accepted =
                accepted(Handshake.of(prologue.method().text(), version, name -> values(headers, name), compresses));
        Route.Found route = route(prologue, headers);
        Peer peer = peer(route, permit(context, route, headers), prologue, headers)
                .compressed(accepted.compression().map(deflation::with));
        HelidonSocket socket = Takeover.socket(context);
        SocketTransport transport = new SocketTransport(socket);
        try {
            Connection connection = open(transport, peer);
            Endpoint endpoint = endpoint(connection, prologue, headers);
            byte[] response = Handshake.response(accepted, route.subprotocol());
            WebSocketConnection.Reading reading = new WebSocketConnection.Reading(
                    limits.message(), accepted.compression().map(agreed -> inflation));
            hub.metrics().handshakes().record(System.nanoTime() - begun);
            return new WebSocketConnection(
                    new ArrivingBytes(context.dataReader(), socket),
                    transport,
                    connection,
                    endpoint,
                    () -> transport.write(response, 0),
                    reading);
        } catch (RuntimeException | Error e) {
            OutOfMemory.check(e);
            // Helidon answers the exception, and closes the socket without the transport.
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

    private Handshake.Accepted accepted(Handshake handshake) {
        return switch (handshake) {
            case Handshake.Accepted accepted -> accepted;
            case Handshake.Refused refused -> throw refusal(refused, hub.metrics());
        };
    }

    private Route.Found route(HttpPrologue prologue, WritableHeaders<?> headers) {
        Route.Request request = new Route.Request(
                paths.apply(prologue.uriPath().rawPath()),
                prologue.query().all("topic", List::of),
                subprotocols(headers));
        return switch (Route.of(request, prefix, limits.topics())) {
            case Route.Found found -> found;
            case Route.Refused refused -> {
                hub.metrics()
                        .connectionsRejected(Rejection.of(refused.status()))
                        .increment();
                throw refusal(refused.status(), Map.of(), refused.message());
            }
        };
    }

    private Admission.Permit permit(ConnectionContext context, Route.Found route, WritableHeaders<?> headers) {
        List<String> origin = values(headers, "Origin");
        if (origin.size() > 1) {
            throw refusal(400, Map.of(), "only one Origin is allowed");
        }
        InetSocketAddress peer = (InetSocketAddress) context.remotePeer().address();
        Admission.Decision decision = hub.admission()
                .admit(
                        origin.isEmpty() ? null : origin.getFirst(),
                        peer.getAddress(),
                        values(headers, "X-Forwarded-For"),
                        route.wire() == Wire.FULL && subprotocols(headers).contains(Route.HAND_OVER_SUBPROTOCOL));
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

    /** The exception that makes Helidon answer and close the connection. The refusal is counted. */
    static RequestException refusal(Handshake.Refused refused, Metrics metrics) {
        metrics.connectionsRejected(Rejection.of(refused.status())).increment();
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
