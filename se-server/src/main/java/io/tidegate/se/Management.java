package io.tidegate.se;

import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.webserver.observe.ObserveFeature;
import io.helidon.webserver.observe.health.HealthObserver;
import io.helidon.webserver.observe.metrics.MetricsObserver;
import io.tidegate.helidon.Listeners;
import io.tidegate.node.Node;
import io.tidegate.node.NodeHealth;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What operators and scrapers ask, on a listener of its own: {@code /metrics} and {@code /health}. */
final class Management {
    private Management() {}

    static ObserveFeature observe(Node node, MeterRegistry registry) {
        return ObserveFeature.builder()
                .sockets(List.of(Listeners.MANAGEMENT))
                .endpoint("/")
                .observersDiscoverServices(false)
                .addObserver(MetricsObserver.builder().meterRegistry(registry).build())
                .addObserver(health(node.health()))
                .build();
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
}
