package io.tidegate.mp;

import io.helidon.metrics.api.MetricsFactory;
import io.helidon.microprofile.server.ServerCdiExtension;
import io.tidegate.helidon.Endpoint;
import io.tidegate.helidon.HeaderTimeout;
import io.tidegate.helidon.HelidonMeters;
import io.tidegate.helidon.Listeners;
import io.tidegate.helidon.Spans;
import io.tidegate.node.Node;
import io.tidegate.node.Publisher;
import io.tidegate.settings.Settings;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import org.eclipse.microprofile.config.Config;

/**
 * The node in a CDI container: the beans that can be injected, and the node's life around the life of Helidon's
 * listeners.
 */
@ApplicationScoped
class Beans {
    /** Helidon opens the listeners at {@code PLATFORM_AFTER + 100}, and closes them at {@code PLATFORM_BEFORE}. */
    private static final int LISTENING = Interceptor.Priority.PLATFORM_AFTER + 101;

    private static final int STILL_LISTENING = Interceptor.Priority.PLATFORM_BEFORE - 1;

    @Produces
    @Singleton
    Settings settings(Config config) {
        return ServerSettings.read(config);
    }

    @Produces
    @Singleton
    Node node(Settings settings) {
        return new Node(settings, "mp", Spans.of(settings));
    }

    /** For the beans of an application in the same container. */
    @Produces
    @Singleton
    Publisher publisher(Node node) {
        return new Publisher(node);
    }

    @Produces
    @Singleton
    HeaderTimeout heads() {
        return new HeaderTimeout(HeaderTimeout.TIMEOUT);
    }

    @Produces
    @Singleton
    HelidonMeters meters() {
        return new HelidonMeters(MetricsFactory.getInstance().globalRegistry());
    }

    @Produces
    @Singleton
    Endpoint.Factory endpoints(Settings settings) {
        return new TyrusEndpoints(settings.limits().message(), settings.server().prefix());
    }

    void route(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) @Initialized(ApplicationScoped.class) Object event,
            BeanManager beans,
            Settings settings,
            Node node,
            HeaderTimeout heads) {
        ServerCdiExtension server = beans.getExtension(ServerCdiExtension.class);
        Listeners.page(server.serverRoutingBuilder(), settings, node);
        Listeners.management(server.serverNamedRoutingBuilder(Listeners.MANAGEMENT), node, heads);
        node.api().ifPresent(api -> Listeners.api(server.serverNamedRoutingBuilder(Listeners.API), api, heads));
    }

    /** Until the listeners are open, Helidon may replace the registry, so meters are registered after that. */
    void listening(
            @Observes @Priority(LISTENING) @Initialized(ApplicationScoped.class) Object event,
            Node node,
            HeaderTimeout heads,
            HelidonMeters meters) {
        node.bindMetrics(meters);
        heads.start();
        node.listening();
    }

    /** Runs before the listeners are closed, because their close would interrupt the connections. */
    void close(
            @Observes @Priority(STILL_LISTENING) @BeforeDestroyed(ApplicationScoped.class) Object event,
            Node node,
            HeaderTimeout heads,
            HelidonMeters meters) {
        heads.close();
        node.close();
        meters.close();
    }
}
