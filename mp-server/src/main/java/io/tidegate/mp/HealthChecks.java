package io.tidegate.mp;

import io.tidegate.node.Node;
import io.tidegate.node.Version;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** The node's health for MicroProfile Health. */
@ApplicationScoped
class HealthChecks {

    @Produces
    @Liveness
    HealthCheck live(Node node) {
        return check("live", node.health()::notLive);
    }

    @Produces
    @Readiness
    HealthCheck ready(Node node) {
        return check("ready", node.health()::notReady);
    }

    @Produces
    @Startup
    HealthCheck started(Node node) {
        return check("started", node.health()::notStarted);
    }

    private static HealthCheck check(String name, Supplier<Optional<String>> problem) {
        return () -> {
            Optional<String> reason = problem.get();
            HealthCheckResponseBuilder response =
                    HealthCheckResponse.named(name).status(reason.isEmpty());
            response.withData("version", Version.current());
            reason.ifPresent(text -> response.withData("reason", text));
            return response.build();
        };
    }
}
