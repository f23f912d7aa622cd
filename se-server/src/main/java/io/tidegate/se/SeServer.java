package io.tidegate.se;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.tidegate.node.Node;
import io.tidegate.node.Page;
import io.tidegate.settings.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;

/** A node behind Helidon SE: WebSockets and the page on one listener, what operators ask on another. */
final class SeServer implements AutoCloseable {
    /** For a request's line and headers; whoever needs longer holds a connection that serves nobody. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(10);

    /** Handshakes that may wait for the accepting thread, as in a reconnect storm; the kernel may allow fewer. */
    private static final int BACKLOG = 4096;

    private final Settings settings;
    private final Node node;
    private final RequestHeads heads = new RequestHeads(HEAD_TIMEOUT);
    private final HelidonMeters meters;
    private final WebServer server;

    SeServer(Settings settings) {
        this.settings = settings;
        this.node = new Node(settings);
        MeterRegistry registry = MetricsFactory.getInstance().globalRegistry();
        this.server = build(registry);
        this.meters = new HelidonMeters(registry);
        node.bindMetrics(meters);
    }

    /**
     * Opens both listeners.
     *
     * @throws CannotListenException where one of the ports cannot be had; nothing is open then
     */
    void start() throws CannotListenException {
        Settings.Server own = settings.server();
        requireFree("tidegate.port", own.port());
        requireFree("tidegate.management.port", own.managementPort());
        server.start();
        // Helidon logs what is wrong with a listener and returns.
        if (!server.isRunning()) {
            throw new CannotListenException("cannot listen on tidegate.port=" + own.port()
                    + " and tidegate.management.port=" + own.managementPort());
        }
        heads.start();
        node.health().listening();
    }

    int port() {
        return server.port();
    }

    int managementPort() {
        return server.port(Management.SOCKET);
    }

    Node node() {
        return node;
    }

    /** Returns when everybody has left. */
    void drain() throws InterruptedException {
        node.drain();
    }

    @Override
    public void close() {
        heads.close();
        node.close();
        server.stop();
        meters.close();
    }

    private WebServer build(MeterRegistry registry) {
        Settings.Server own = settings.server();
        WebServerConfig.Builder builder = WebServer.builder()
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .addFeature(Management.observe(node, registry))
                .host(own.host())
                .port(own.port())
                .backlog(BACKLOG)
                .idleConnectionTimeout(HEAD_TIMEOUT)
                .idleConnectionPeriod(Duration.ofSeconds(1))
                // Off, Nagle's algorithm holds small frames back for a delayed ACK: a p99 of 40 ms.
                .connectionOptions(options -> options.tcpNoDelay(true))
                // A refusal's body is one sentence of ours; what we did not write is never sent.
                .errorHandling(ErrorHandling.builder().includeEntity(true).build())
                .protocolsDiscoverServices(false)
                .addConnectionSelector(Http1ConnectionSelector.builder()
                        .config(Http1Config.builder().addReceiveListener(heads).build())
                        .addUpgrader(new WebSocketUpgrader(
                                node.hub(), settings.limits().message()))
                        .build())
                .routing(routing());
        return builder.putSocket(
                        Management.SOCKET,
                        ListenerConfig.builder()
                                .host(own.host())
                                .port(own.managementPort())
                                .build())
                .routing(Management.SOCKET, Management.routing(node))
                .build();
    }

    /** What is not an upgrade. */
    private static HttpRouting.Builder routing() {
        return HttpRouting.builder()
                .get("/", (request, response) -> page(response))
                .any("/chat", (request, response) -> {
                    throw WebSocketUpgrader.refusal(Handshake.upgradeRequired("this is a WebSocket"));
                });
    }

    private static void page(ServerResponse response) {
        response.headers().contentType(MediaTypes.TEXT_HTML);
        response.send(Page.html());
    }

    private void requireFree(String key, int port) throws CannotListenException {
        String host = settings.server().host();
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new CannotListenException(
                    key + "=" + port + ": cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
    }
}
