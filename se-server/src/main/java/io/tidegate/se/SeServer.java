package io.tidegate.se;

import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.tidegate.node.Node;
import io.tidegate.settings.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;

/** A node behind Helidon SE, from the opening of its listeners to their end. */
final class SeServer implements AutoCloseable {
    /** For a request's line and headers; whoever needs longer holds a connection that serves nobody. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(10);

    private final Settings settings;
    private final Node node;
    private final RequestHeads heads = new RequestHeads(HEAD_TIMEOUT);
    private final HelidonMeters meters;
    private final WebServer server;

    /**
     * A server that is not listening yet; its node runs already.
     *
     * @throws IllegalArgumentException where a file that the settings name cannot be used
     */
    SeServer(Settings settings) {
        this.settings = settings;
        this.node = new Node(settings);
        MeterRegistry registry = MetricsFactory.getInstance().globalRegistry();
        WebServerConfig.Builder builder = WebServer.builder().shutdownHook(false);
        Listeners.configure(builder, settings, node, registry, heads);
        this.server = builder.build();
        // Helidon may close the registry and open another while a server is built: meters come after that.
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
