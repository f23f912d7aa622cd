package io.tidegate.rehearsal.scale;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The pod in the rendered Deployment.
 *
 * @param preStop the wait between the end of the pod's endpoint and SIGTERM
 * @param grace from then to SIGKILL
 * @param readiness between two readiness checks
 * @param settings of the server, by the keys of docs/configuration.md
 */
record PodTemplate(Duration preStop, Duration grace, Duration readiness, Map<String, String> settings) {
    private static final String PREFIX = "TIDEGATE_";

    static PodTemplate of(JsonNode deployment) {
        JsonNode pod = deployment.at("/spec/template/spec");
        JsonNode container = pod.path("containers").path(0);
        Map<String, String> settings = new LinkedHashMap<>();
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
        return new PodTemplate(
                Duration.ofSeconds(
                        container.at("/lifecycle/preStop/sleep/seconds").asInt(0)),
                Duration.ofSeconds(pod.path("terminationGracePeriodSeconds").asInt(30)),
                Duration.ofSeconds(container.at("/readinessProbe/periodSeconds").asInt(10)),
                settings);
    }
}
