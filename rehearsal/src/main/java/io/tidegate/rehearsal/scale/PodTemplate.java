package io.tidegate.rehearsal.scale;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The pod in the rendered Deployment.
 *
 * @param preStop the wait between the end of the pod's endpoint and SIGTERM
 * @param grace from then to SIGKILL
 * @param readiness between two readiness checks
 * @param settings of the server, by the keys of docs/configuration.md; without those that work only in a pod
 * @param costInterval between two writes of a pod's deletion cost; empty where pods tell none
 * @param hasRevision whether a pod is told the revision that it belongs to ({@code rollout.moveOnce})
 */
record PodTemplate(
        Duration preStop,
        Duration grace,
        Duration readiness,
        Map<String, String> settings,
        Optional<Duration> costInterval,
        boolean hasRevision) {
    private static final String PREFIX = "TIDEGATE_";
    private static final String COST = "tidegate.cost.interval";

    static PodTemplate of(JsonNode deployment) {
        JsonNode pod = deployment.at("/spec/template/spec");
        JsonNode container = pod.path("containers").path(0);
        Map<String, String> settings = new LinkedHashMap<>();
        boolean hasRevision = container.path("env").findValuesAsText("name").contains("TIDEGATE_FLEET_REVISION");
        container.path("env").forEach(variable -> {
            String name = variable.path("name").asText();
            if (name.startsWith(PREFIX) && variable.has("value")) {
                settings.put(
                        "tidegate."
                                + name.substring(PREFIX.length())
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', '.'),
                        variable.path("value").asText());
            }
        });
        Optional<Duration> cost = Optional.ofNullable(settings.remove(COST)).map(Speed::duration);
        return new PodTemplate(
                Duration.ofSeconds(
                        container.at("/lifecycle/preStop/sleep/seconds").asInt(0)),
                Duration.ofSeconds(pod.path("terminationGracePeriodSeconds").asInt(30)),
                Duration.ofSeconds(container.at("/readinessProbe/periodSeconds").asInt(10)),
                settings,
                cost,
                hasRevision);
    }
}
