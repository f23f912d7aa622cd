package io.tidegate.se;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import io.helidon.http.HeaderNames;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.observe.ObserveFeature;
import io.helidon.webserver.observe.health.HealthObserver;
import io.helidon.webserver.observe.metrics.MetricsObserver;
import io.tidegate.node.Node;
import io.tidegate.node.NodeHealth;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What operators, scrapers and scalers ask, on a listener of its own. */
final class Management {
    static final String SOCKET = "management";

    private Management() {}

    /** {@code /metrics} and {@code /health}. */
    static ObserveFeature observe(Node node, MeterRegistry registry) {
        return ObserveFeature.builder()
                .sockets(List.of(SOCKET))
                .endpoint("/")
                .observersDiscoverServices(false)
                .addObserver(MetricsObserver.builder().meterRegistry(registry).build())
                .addObserver(health(node.health()))
                .build();
    }

    /** {@code /connections}. */
    static HttpRouting.Builder routing(Node node) {
        return HttpRouting.builder().get("/connections", (request, response) -> connections(node, response));
    }

    private static HealthObserver health(NodeHealth health) {
        return HealthObserver.builder()
                .details(true)
                .useSystemServices(false)
                .addCheck(check("live", HealthCheckType.LIVENESS, health::notLive))
                .addCheck(check("ready", HealthCheckType.READINESS, health::notReady))
                .addCheck(check("started", HealthCheckType.STARTUP, health::notStarted))
                .build();
    }

    private static HealthCheck check(String name, HealthCheckType type, Supplier<Optional<String>> problem) {
        return new HealthCheck() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public HealthCheckType type() {
                return type;
            }

            @Override
            public HealthCheckResponse call() {
                Optional<String> reason = problem.get();
                HealthCheckResponse.Builder response =
                        HealthCheckResponse.builder().status(reason.isEmpty());
                reason.ifPresent(text -> response.detail("reason", text));
                return response.build();
            }
        };
    }

    private static void connections(Node node, ServerResponse response) {
        response.headers().contentType(MediaTypes.APPLICATION_JSON);
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        response.send(node.connections().json());
    }
}
