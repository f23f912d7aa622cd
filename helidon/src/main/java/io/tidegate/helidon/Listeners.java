package io.tidegate.helidon;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.PathMatchers;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.tidegate.api.Api;
import io.tidegate.framing.Handshake;
import io.tidegate.node.Node;
import io.tidegate.node.Page;
import io.tidegate.owner.OutOfMemory;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.tls.TlsKeys;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The listeners: one for WebSockets and the page, one for operators, one for back ends. */
public final class Listeners {
    /** The name of the WebSocket listener. Helidon gives it. */
    public static final String WEBSOCKET = WebServer.DEFAULT_SOCKET_NAME;

    /** The name of the management listener. */
    public static final String MANAGEMENT = "management";

    /** The name of the API's listener, where there is one. */
    public static final String API = "api";

    private static final Predicate<Method> READ = Method.predicate(Method.GET, Method.HEAD);

    /** Connections that may wait to be accepted, as in a reconnect storm. The kernel may allow fewer. */
    private static final int BACKLOG = 4096;

    /** The largest number of connections to the management port, because each has a thread. Further ones are closed. */
    private static final int MANAGEMENT_CONNECTIONS = 256;

    /** Bytes of a request's first line without topics. */
    private static final int PROLOGUE = 4096;

    /** The same for the API, whose URLs may name a user. */
    private static final int API_PROLOGUE = 8192;

    private Listeners() {}

    /**
     * The options that Helidon's configuration of a listener must have, by key.
     *
     * @param headTimeout for the head of a request, and between two requests
     */
    public static Map<String, String> options(String host, int port, Duration headTimeout) {
        return Map.of(
                "host",
                host,
                "port",
                String.valueOf(port),
                "backlog",
                String.valueOf(BACKLOG),
                "idle-connection-timeout",
                headTimeout.toString(),
                "idle-connection-period",
                Duration.ofSeconds(1).toString(),
                // Without this option Nagle's algorithm holds small frames back until a delayed ACK: a p99 of 40 ms.
                "connection-options.tcp-no-delay",
                "true",
                // A refusal's body is a sentence of this server. Other texts are never sent.
                "error-handling.include-entity",
                "true",
                // Only the protocol that is chosen here is used, whatever else is on the class path.
                "protocols-discover-services",
                "false");
    }

    /** How sockets are written, for the log. */
    public static String writes() {
        String problem = NativeSender.problem();
        return problem.isEmpty()
                ? "sockets write without waiting"
                : "each write takes a thread and up to twice the CPU, because sockets cannot write without waiting here: "
                        + problem;
    }

    /** HTTP/1.1 and 1.0, and the upgrade from 1.1 to a WebSocket. */
    public static ServerConnectionSelector webSockets(
            Settings settings, Node node, Endpoint.Factory endpoints, HeaderTimeout heads) {
        return OldHttp.selector(Http1ConnectionSelector.builder()
                .config(http1(heads, false)
                        .maxPrologueLength(maxPrologue(settings.limits().topics()))
                        .build())
                .addUpgrader(new WebSocketUpgrader(node.hub(), endpoints, settings, UnaryOperator.identity()))
                .build());
    }

    /**
     * Only the upgrade from HTTP/1.1, for a listener of an application.
     *
     * @param path the endpoint's path that every request stands for, whatever its own path
     */
    public static Http1Upgrader upgrader(Settings settings, Node node, String path) {
        return new WebSocketUpgrader(
                node.hub(), (connection, prologue, headers) -> Endpoint.direct(connection), settings, any -> path);
    }

    /** Only HTTP/1.1 and 1.0, for the management listener. */
    public static ServerConnectionSelector http(HeaderTimeout heads) {
        return ManagementConnection.selector(OldHttp.selector(Http1ConnectionSelector.builder()
                .config(http1(heads, false).build())
                .build()));
    }

    /** HTTP/1.1 for back ends. */
    public static ServerConnectionSelector api(HeaderTimeout heads) {
        return ApiConnection.selector(Http1ConnectionSelector.builder()
                .config(http1(heads, true).maxPrologueLength(API_PROLOGUE).build())
                .build());
    }

    /** Routes all requests of back ends. */
    public static void api(HttpRouting.Builder routing, Api api, HeaderTimeout heads) {
        endAtOutOfMemory(routing);
        routing.any(new ApiHandler(api, heads.bodies()));
    }

    /** Routes the requests on the first listener that are not an upgrade. */
    public static void page(HttpRouting.Builder routing, Settings settings, Node node) {
        endAtOutOfMemory(routing);
        String prefix = settings.server().prefix();
        for (Page page : Page.all()) {
            routing.route(READ, PathMatchers.exact(prefix + page.path()), (request, response) -> {
                page.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
                send(request, response, page.body());
            });
        }
        if (!prefix.isEmpty()) {
            routing.route(READ, PathMatchers.exact(prefix), Listeners::addSlash);
        }
        if (settings.fleet().isPublic()) {
            fleet(routing, prefix, node);
        }
        routing.any(prefix + "/chat", (request, response) -> {
            throw WebSocketUpgrader.refusal(
                    Handshake.upgradeRequired("this is a WebSocket"), node.hub().metrics());
        });
    }

    /** Routes the requests on the management listener that the framework does not answer itself. */
    public static void management(HttpRouting.Builder routing, Node node, HeaderTimeout heads) {
        endAtOutOfMemory(routing);
        routing.register(new ListenerGuard(node, heads.handshakes(), MANAGEMENT_CONNECTIONS));
        if (node.tls().flatMap(TlsKeys::trustManager).isPresent()) {
            routing.addFilter(Listeners::requireCertificate);
        }
        scrapes(routing, node);
        json(routing, "/connections", () -> node.connections().json());
        fleet(routing, "", node);
    }

    /** Requires a client certificate, except for probes: a kubelet has none. */
    private static void requireCertificate(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        boolean probe = request.prologue().uriPath().path().startsWith("/health");
        if (probe
                || !request.isSecure()
                || request.remotePeer().tlsCertificates().isPresent()) {
            chain.proceed();
        } else {
            response.status(Status.FORBIDDEN_403).send("a certificate of the client is required");
        }
    }

    /**
     * Whether the connections of a listener must have a client certificate; empty where they are not encrypted.
     *
     * @param listener its name
     */
    public static Optional<TlsClientAuth> tls(Settings settings, String listener) {
        return settings.tls()
                .filter(tls -> tls.management() || !listener.equals(MANAGEMENT))
                .map(tls -> switch (listener) {
                    case API -> tls.clients().isPresent() ? TlsClientAuth.REQUIRED : TlsClientAuth.NONE;
                    case MANAGEMENT -> tls.clients().isPresent() ? TlsClientAuth.OPTIONAL : TlsClientAuth.NONE;
                    default -> TlsClientAuth.NONE;
                });
    }

    /** Without this handler Helidon would answer 500 to every error of a handler. */
    private static void endAtOutOfMemory(HttpRouting.Builder routing) {
        routing.error(OutOfMemoryError.class, (request, response, error) -> {
            OutOfMemory.check(error);
            throw error;
        });
    }

    /**
     * Tells the node when a scraper has got its metrics. The framework answers that request, so a handler of this server
     * cannot do it.
     */
    public static void scrapes(HttpRouting.Builder routing, Node node) {
        routing.addFilter((chain, request, response) -> {
            if (request.prologue().uriPath().path().endsWith("/metrics")) {
                response.whenSent(node.scrape());
            }
            chain.proceed();
        });
    }

    /**
     * Redirects to the path with a slash, because the page names its files relative to its own path. The redirect is
     * relative too, because a proxy may add to the path.
     */
    private static void addSlash(ServerRequest request, ServerResponse response) {
        String path = request.prologue().uriPath().rawPath();
        String query = request.prologue().query().rawValue();
        response.status(Status.PERMANENT_REDIRECT_308);
        response.header(
                HeaderNames.LOCATION,
                path.substring(path.lastIndexOf('/') + 1) + "/" + (query.isEmpty() ? "" : "?" + query));
        response.send();
    }

    private static void fleet(HttpRouting.Builder routing, String prefix, Node node) {
        json(routing, prefix + "/fleet", () -> node.fleet().json());
    }

    private static void json(HttpRouting.Builder routing, String path, Supplier<String> body) {
        routing.route(READ, PathMatchers.create(path), (request, response) -> {
            response.headers().contentType(MediaTypes.APPLICATION_JSON);
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            send(request, response, body.get().getBytes(UTF_8));
        });
    }

    /** Answers HEAD like GET, without the content (RFC 9110, section 9.3.2). Helidon leaves that to the handler. */
    private static void send(ServerRequest request, ServerResponse response, byte[] body) {
        if (request.prologue().method().equals(Method.HEAD)) {
            response.headers().contentLength(body.length);
            response.send();
        } else {
            response.send(body);
        }
    }

    private static Http1Config.Builder http1(HeaderTimeout heads, boolean content) {
        // One listener that calls the other: with several, Helidon 4.2.6 calls none of them with the head of a request.
        return Http1Config.builder().addReceiveListener(new RequestFraming(heads, content));
    }

    /** Bytes of a request's first line: as many topics as a connection may have, with each character encoded. */
    private static int maxPrologue(int topics) {
        return PROLOGUE + topics * ("&topic=".length() + "%3A".length() * Topic.MAX_LENGTH);
    }
}
