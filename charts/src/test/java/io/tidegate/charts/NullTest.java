package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.charts.Chart.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Helm takes a value away where somebody gives {@code null} for it. That is refused by name, or it means something. */
final class NullTest {
    private static final Schemas SCHEMAS = new Schemas();

    static Stream<String> everyValue() {
        List<String> paths = new ArrayList<>();
        gather("", Chart.yaml(Chart.read("values.yaml")), paths);
        return paths.stream();
    }

    @ParameterizedTest
    @MethodSource("everyValue")
    void valueThatIsTakenAwayIsRefusedByNameOrIsFine(String path) {
        String[] keys = path.split("/");
        String values = "{" + String.join(": {", keys) + ": null" + "}".repeat(keys.length);
        try {
            for (JsonNode object :
                    Chart.render(Chart.PROMETHEUS, values).objects().values()) {
                assertEquals(List.of(), SCHEMAS.errors(object), object::toPrettyString);
            }
        } catch (RefusedException e) {
            String message = String.valueOf(e.getMessage());
            assertTrue(message.contains("missing property"), message);
            assertTrue(message.contains("'" + keys[keys.length - 1] + "'"), message);
        }
    }

    @Test
    void replicasAreLeftToAnAutoscalerOfSomebodyElse() {
        JsonNode spec = Chart.render("{autoscaling: {enabled: false}, replicas: null}")
                .get("Deployment/chat-tidegate")
                .path("spec");

        assertTrue(spec.path("replicas").isMissingNode(), spec::toPrettyString);
        assertTrue(Chart.notes("{autoscaling: {enabled: false}, replicas: null}")
                .contains("your own autoscaler sets the number of pods"));
    }

    @Test
    void aProbeCanBeLeftOut() {
        JsonNode server = Chart.render(Chart.PROMETHEUS, "{startupProbe: null, livenessProbe: null}")
                .get("Deployment/chat-tidegate")
                .at("/spec/template/spec/containers/0");

        assertTrue(server.path("startupProbe").isMissingNode());
        assertTrue(server.path("livenessProbe").isMissingNode());
        assertEquals("/health/ready", server.at("/readinessProbe/httpGet/path").asText());
    }

    private static void gather(String path, JsonNode node, List<String> into) {
        if (!path.isEmpty()) {
            into.add(path);
        }
        node.properties()
                .forEach(each ->
                        gather(path.isEmpty() ? each.getKey() : path + "/" + each.getKey(), each.getValue(), into));
    }
}
