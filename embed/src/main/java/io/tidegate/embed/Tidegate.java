package io.tidegate.embed;

import io.helidon.Main;
import io.helidon.common.Weight;
import io.helidon.health.HealthCheck;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.spi.HelidonShutdownHandler;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.spi.ServerFeature;
import io.helidon.websocket.WsListener;
import io.tidegate.helidon.HelidonMeters;
import io.tidegate.helidon.Listeners;
import io.tidegate.helidon.NodeChecks;
import io.tidegate.node.Node;
import io.tidegate.node.Publisher;
import io.tidegate.node.RequestClasses;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * A node of Tidegate in a Helidon SE application: a feature of its server, and endpoints for its {@code WsRouting}.
 *
 * <pre>{@code
 * Tidegate tidegate = Tidegate.create(Map.of("tidegate.relay.url", "redis://localhost"));
 * WebServer.builder()
 *         .addFeature(tidegate)
 *         .addRouting(WsRouting.builder().endpoint("/chat", tidegate.chat()).endpoint("/echo", new Echo()))
 *         .build()
 *         .start();
 * }</pre>
 *
 * <p>The node runs from {@link #create} on. It drains when the process is told to end, before Helidon stops the server, and
 * ends with the server. Any thread may call any method.
 */
public final class Tidegate implements ServerFeature {
    private static final String NAME = "tidegate";

    /** Above the weight of the server (100), whose stop interrupts all connections. */
    private static final double DRAINS_FIRST = 300;

    private final Settings settings;
    private final Node node;
    private final Publisher publisher;
    private final HelidonMeters meters =
            new HelidonMeters(MetricsFactory.getInstance().globalRegistry());
    private final HelidonShutdownHandler drain = new Drain();

    private Tidegate(Settings settings) {
        this.settings = settings;
        this.node = new Node(settings, "se");
        this.publisher = new Publisher(node);
    }

    /**
     * Starts a node.
     *
     * @param settings by the keys of docs/configuration.md; of the environment only {@code HOSTNAME} is read. Ports and
     *     hosts have no effect, because the application opens its listeners itself
     * @throws io.tidegate.settings.SettingsException where settings are wrong; it names all of them
     */
    public static Tidegate create(Map<String, String> settings) {
        Settings read = SettingsReader.read(settings, System.getenv());
        RequestClasses.load(read);
        return new Tidegate(read);
    }

    /** The endpoint of chat by topics, for any path: docs/protocol.md. Bound to this node. */
    public WsListener chat() {
        return endpoint("/chat");
    }

    /** The endpoint that sends each message to all of its connections, for any path. Bound to this node. */
    public WsListener broadcast() {
        return endpoint("/");
    }

    private WsListener endpoint(String path) {
        return new TidegateEndpoint(
                Listeners.upgrader(settings, node, settings.server().prefix() + path));
    }

    /**
     * Publishes a message to a topic, like a back end over HTTP.
     *
     * @param body JSON
     * @param id the same when a publish is repeated, so that the message counts once: 1 to 128 characters
     * @return completes with the message's position when the relay has it; fails with {@code RelayUnavailableException}
     *     where the relay could not be reached, although the relay may still have the message
     * @throws IllegalArgumentException where topic, body or id is not allowed; the message says what is allowed
     */
    public CompletionStage<String> publish(String topic, String body, Optional<String> id) {
        return publisher.publish(topic, body, id);
    }

    /** The checks whether the node is live, is ready and has started, for Helidon's health feature. */
    public List<HealthCheck> healthChecks() {
        return NodeChecks.of(node.health());
    }

    /**
     * Lets every client leave at its slot, and returns when all have left, at the latest after {@code
     * tidegate.drain.timeout}. Helidon's shutdown calls it by itself. An application must call it before its own {@code
     * WebServer.stop()}.
     */
    public void drain() throws InterruptedException {
        node.drain();
    }

    @Override
    public void setup(ServerFeatureContext context) {
        context.socket(WebServer.DEFAULT_SOCKET_NAME).httpRouting().addFeature(new Life());
        // The context's sockets may not include the default one.
        Stream.concat(Stream.of(WebServer.DEFAULT_SOCKET_NAME), context.sockets().stream())
                .distinct()
                .forEach(socket -> Listeners.scrapes(context.socket(socket).httpRouting(), node));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String type() {
        return NAME;
    }

    /** Connects the node's life to the server's. */
    private final class Life implements HttpFeature {
        @Override
        public void setup(HttpRouting.Builder routing) {}

        @Override
        public void afterStart(WebServer server) {
            // Until now Helidon may have replaced the registry.
            node.bindMetrics(meters);
            Main.addShutdownHandler(drain);
            node.listening();
        }

        @Override
        public void afterStop() {
            Main.removeShutdownHandler(drain);
            node.close();
            meters.close();
        }
    }

    @Weight(DRAINS_FIRST)
    private final class Drain implements HelidonShutdownHandler {
        @Override
        public void shutdown() {
            try {
                drain();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
