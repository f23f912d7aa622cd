package io.tidegate.embed;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.observe.ObserveFeature;
import io.helidon.webserver.observe.health.HealthObserver;
import io.helidon.webserver.observe.metrics.MetricsObserver;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.util.Map;
import java.util.Optional;

/** An application of its own: a page, a WebSocket, and chat by Tidegate, on one port. */
final class Application {
    private Application() {}

    public static void main(String[] arguments) {
        Tidegate tidegate = Tidegate.create(Map.of("tidegate.node", "shop-1"));
        configure(WebServer.builder().port(8080), tidegate).build().start();
    }

    static WebServerConfig.Builder configure(WebServerConfig.Builder server, Tidegate tidegate) {
        return server.addFeature(tidegate)
                .addFeature(ObserveFeature.builder()
                        .addObserver(
                                MetricsObserver.builder().endpoint("/metrics").build())
                        .addObserver(HealthObserver.builder()
                                .endpoint("/health")
                                .details(true)
                                .addHealthChecks(tidegate.healthChecks())
                                .build())
                        .build())
                .routing(HttpRouting.builder()
                        .get("/", (request, response) -> response.send("a shop"))
                        .post("/orders", (request, response) -> {
                            String order = request.content().as(String.class);
                            tidegate.publish("orders", order, Optional.empty())
                                    .toCompletableFuture()
                                    .join();
                            response.send("ordered");
                        }))
                .addRouting(WsRouting.builder()
                        .endpoint("/live/chat", tidegate.chat())
                        .endpoint("/live/all", tidegate.broadcast())
                        .endpoint("/echo", new Echo()));
    }

    /** Helidon's own. */
    private static final class Echo implements WsListener {
        @Override
        public void onMessage(WsSession session, String text, boolean last) {
            session.send("you said " + text, last);
        }
    }
}
