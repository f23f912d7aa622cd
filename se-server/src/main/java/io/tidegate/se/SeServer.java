package io.tidegate.se;

import io.helidon.common.config.Config;
import io.helidon.common.tls.Tls;
import io.helidon.config.ConfigSources;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.tidegate.helidon.Endpoint;
import io.tidegate.helidon.HeaderTimeout;
import io.tidegate.helidon.HelidonMeters;
import io.tidegate.helidon.Listeners;
import io.tidegate.helidon.NodeTls;
import io.tidegate.helidon.Spans;
import io.tidegate.node.CannotListenException;
import io.tidegate.node.Launch;
import io.tidegate.node.Node;
import io.tidegate.node.Ports;
import io.tidegate.settings.Settings;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A node on Helidon SE, from the opening of its listeners to their end. */
final class SeServer implements Launch.Server {
    private final Settings settings;
    private final Node node;
    private final HeaderTimeout heads = new HeaderTimeout(HeaderTimeout.TIMEOUT);
    private final HelidonMeters meters;
    private final WebServer server;

    /**
     * A server that does not listen yet. Its node runs already.
     *
     * @throws IllegalArgumentException where a file that the settings name cannot be used
     */
    SeServer(Settings settings) {
        this.settings = settings;
        this.node = new Node(settings, "se", Spans.of(settings));
        MeterRegistry registry = MetricsFactory.getInstance().globalRegistry();
        WebServerConfig.Builder builder = WebServer.builder().shutdownHook(false);
        configure(builder, settings, node, registry, heads);
        this.server = builder.build();
        // While a server is built, Helidon may replace the registry, so meters are registered after that.
        this.meters = new HelidonMeters(registry);
        node.bindMetrics(meters);
    }

    /**
     * Configures a server that is not built yet.
     *
     * @param heads watches the requests of all listeners
     */
    static void configure(
            WebServerConfig.Builder server, Settings settings, Node node, MeterRegistry registry, HeaderTimeout heads) {
        Settings.Server own = settings.server();
        HttpRouting.Builder page = HttpRouting.builder();
        Listeners.page(page, settings, node);
        tls(settings, node, Listeners.WEBSOCKET).ifPresent(server::tls);
        server.config(config(Listeners.options(own.host(), own.port(), heads.timeout())))
                .featuresDiscoverServices(false)
                .addFeature(Management.observe(node, registry))
                .addConnectionSelector(Listeners.webSockets(
                        settings, node, (connection, prologue, headers) -> Endpoint.direct(connection), heads))
                .routing(page);
        HttpRouting.Builder management = HttpRouting.builder();
        Listeners.management(management, node, heads);
        server.putSocket(
                        Listeners.MANAGEMENT,
                        listener(settings, node, Listeners.MANAGEMENT, own.managementPort(), heads)
                                .addConnectionSelector(Listeners.http(heads))
                                .build())
                .routing(Listeners.MANAGEMENT, management);
        node.api().ifPresent(api -> {
            HttpRouting.Builder routing = HttpRouting.builder();
            Listeners.api(routing, api, heads);
            server.putSocket(
                            Listeners.API,
                            listener(
                                            settings,
                                            node,
                                            Listeners.API,
                                            settings.api().port(),
                                            heads)
                                    .addConnectionSelector(Listeners.api(heads))
                                    .build())
                    .routing(Listeners.API, routing);
        });
    }

    /** A listener in addition to the first one. */
    private static ListenerConfig.Builder listener(
            Settings settings, Node node, String name, int port, HeaderTimeout heads) {
        ListenerConfig.Builder listener = ListenerConfig.builder()
                .config(config(Listeners.options(settings.server().host(), port, heads.timeout())));
        tls(settings, node, name).ifPresent(listener::tls);
        return listener;
    }

    /**
     * Opens the listeners.
     *
     * @throws CannotListenException where one of the ports is not available; then no listener is open
     */
    void start() throws CannotListenException {
        Settings.Server own = settings.server();
        Ports.requireFree(settings);
        server.start();
        // Helidon logs a listener's failure and returns.
        if (!server.isRunning()) {
            throw new CannotListenException("cannot listen on tidegate.port=" + own.port()
                    + ", tidegate.management.port=" + own.managementPort()
                    + " and, where it is open, tidegate.api.port="
                    + settings.api().port());
        }
        heads.start();
        node.listening();
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public int managementPort() {
        return server.port(Listeners.MANAGEMENT);
    }

    @Override
    public OptionalInt apiPort() {
        return settings.api().isOpen() ? OptionalInt.of(server.port(Listeners.API)) : OptionalInt.empty();
    }

    @Override
    public String writes() {
        return Listeners.writes();
    }

    @Override
    public void drain() throws InterruptedException {
        node.drain();
    }

    @Override
    public void close() {
        heads.close();
        node.close();
        server.stop();
        meters.close();
    }

    private static Optional<Tls> tls(Settings settings, Node node, String listener) {
        return Listeners.tls(settings, listener)
                .flatMap(clients -> node.tls()
                        .map(keys -> Tls.builder()
                                .manager(new NodeTls(keys))
                                .clientAuth(clients)
                                .build()));
    }

    private static Config config(Map<String, String> options) {
        return io.helidon.config.Config.just(ConfigSources.create(options));
    }
}
