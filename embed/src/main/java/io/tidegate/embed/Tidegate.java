package io.tidegate.embed;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import io.tidegate.node.RequestClasses;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Parsed.Bad;
import io.tidegate.protocol.Parsed.Good;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Publication;
import io.tidegate.protocol.StrictJson;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import io.tidegate.time.Clock;
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

    /** Above that of the server (100), whose stop interrupts all connections. */
    private static final double DRAINS_FIRST = 300;

    private final Settings settings;
    private final Node node;
    private final HelidonMeters meters =
            new HelidonMeters(MetricsFactory.getInstance().globalRegistry());
    private final HelidonShutdownHandler drain = new Drain();

    private Tidegate(Settings settings) {
        this.settings = settings;
        this.node = new Node(settings, "se");
    }

    /**
     * Starts a node.
     *
     * @param settings by the keys of docs/configuration.md, and nothing of the environment but {@code HOSTNAME}; those of ports
     *     and hosts have no effect, since the application opens its listeners itself
     * @throws io.tidegate.settings.SettingsException where something is wrong with them, with all of it
     */
    public static Tidegate create(Map<String, String> settings) {
        Settings read = SettingsReader.read(settings, System.getenv());
        RequestClasses.load();
        return new Tidegate(read);
    }

    /** The endpoint of chat by topics, for any path: docs/protocol.md. Bound to this node. */
    public WsListener chat() {
        return endpoint("/chat");
    }

    /** The endpoint that sends each message to each of its connections, for any path. Bound to this node. */
    public WsListener broadcast() {
        return endpoint("/");
    }

    private WsListener endpoint(String path) {
        return new TidegateEndpoint(
                Listeners.upgrader(settings, node, settings.server().prefix() + path));
    }

    /**
     * Publishes a message to a topic, as a back end does over HTTP.
     *
     * @param body JSON
     * @param id the same for a publish that is repeated, so that it counts once: 1 to 128 characters
     * @return completes with its position once the relay holds it; fails with {@code RelayUnavailableException} where the
     *     relay could not be reached, and it may have happened all the same
     * @throws IllegalArgumentException where topic, body or id is not allowed, saying what is
     */
    public CompletionStage<String> publish(String topic, String body, Optional<String> id) {
        if (!Topic.isValid(topic)) {
            throw new IllegalArgumentException("a topic is " + Topic.PATTERN + ", not '" + topic + "'");
        }
        Optional<MessageId> known = id.flatMap(MessageId::text);
        if (id.isPresent() && known.isEmpty()) {
            throw new IllegalArgumentException("an id has 1 to " + MessageId.MAX_LENGTH + " characters");
        }
        byte[] json = switch (StrictJson.value(body.getBytes(UTF_8))) {
            case Good<byte[]> good -> good.value();
            case Bad<byte[]> bad -> throw new IllegalArgumentException("the body is " + bad.why());
        };
        return node.hub()
                .publish(
                        Publication.chat(
                                new Topic(topic),
                                null,
                                json,
                                known,
                                Clock.system().epochMillis()),
                        "")
                .thenApply(Position::toString);
    }

    /** Whether it lives, is ready and has started, for Helidon's health feature. */
    public List<HealthCheck> healthChecks() {
        return NodeChecks.of(node.health());
    }

    /**
     * Has every client leave in its turn, and returns when all have left, at the latest after {@code tidegate.drain.timeout}.
     * Helidon's shutdown does it by itself; to be called before a {@code WebServer.stop()} of the application's own.
     */
    public void drain() throws InterruptedException {
        node.drain();
    }

    @Override
    public void setup(ServerFeatureContext context) {
        context.socket(WebServer.DEFAULT_SOCKET_NAME).httpRouting().addFeature(new Life());
        // Its own set of listeners may leave the default one out.
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

    /** The node's life beside the server's. */
    private final class Life implements HttpFeature {
        @Override
        public void setup(HttpRouting.Builder routing) {}

        @Override
        public void afterStart(WebServer server) {
            // Helidon may close the registry and open another until now.
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
