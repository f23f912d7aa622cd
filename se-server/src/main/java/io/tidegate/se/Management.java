package io.tidegate.se;

import io.helidon.metrics.api.MeterRegistry;
import io.helidon.webserver.observe.ObserveFeature;
import io.helidon.webserver.observe.health.HealthObserver;
import io.helidon.webserver.observe.metrics.MetricsObserver;
import io.tidegate.helidon.Listeners;
import io.tidegate.helidon.NodeChecks;
import io.tidegate.node.Node;
import io.tidegate.node.NodeHealth;
import java.util.List;

/** The management listener for operators and scrapers: {@code /metrics} and {@code /health}. */
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
                .addHealthChecks(NodeChecks.of(health))
                .build();
    }
}
