package io.tidegate.helidon;

import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import io.tidegate.node.NodeHealth;
import io.tidegate.node.Version;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A node's health for Helidon's health feature. */
public final class NodeChecks {
    private NodeChecks() {}

    /** The checks whether the node is live, is ready, and has started. */
    public static List<HealthCheck> of(NodeHealth health) {
        return List.of(
                new Check("live", HealthCheckType.LIVENESS, health::notLive),
                new Check("ready", HealthCheckType.READINESS, health::notReady),
                new Check("started", HealthCheckType.STARTUP, health::notStarted));
    }

    private record Check(String name, HealthCheckType type, Supplier<Optional<String>> problem) implements HealthCheck {
        @Override
        public HealthCheckResponse call() {
            Optional<String> reason = problem.get();
            HealthCheckResponse.Builder response = HealthCheckResponse.builder().status(reason.isEmpty());
            response.detail("version", Version.current());
            reason.ifPresent(text -> response.detail("reason", text));
            return response.build();
        }
    }
}
