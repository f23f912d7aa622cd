package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every pod of a release, the trial Redis and the test as well, goes where the release may run. */
final class PlacementTest {
    private static final Map<String, String> PODS = Map.of(
            "Deployment/chat-tidegate", "/spec/template/spec",
            "StatefulSet/chat-tidegate-redis", "/spec/template/spec",
            "Pod/chat-tidegate-test", "/spec");

    private static final String PLACED = """
            redis: {trial: {enabled: true}}
            image: {pullSecrets: [pull]}
            nodeSelector: {pool: edge}
            tolerations: [{key: edge, operator: Exists}]
            priorityClassName: high
            """;

    @Test
    void everyPodGoesToTheSameNodes() {
        Rendered rendered = Chart.render(Chart.PROMETHEUS, PLACED);
        PODS.forEach((object, path) -> {
            JsonNode pod = rendered.get(object).at(path);
            assertEquals("[{\"name\":\"pull\"}]", pod.path("imagePullSecrets").toString(), object);
            assertEquals("{\"pool\":\"edge\"}", pod.path("nodeSelector").toString(), object);
            assertEquals("edge", pod.at("/tolerations/0/key").asText(), object);
            assertEquals("high", pod.path("priorityClassName").asText(), object);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "'image: {registry: r.example.com}'",
        "'global: {imageRegistry: r.example.com/}'",
        "'{image: {registry: other.example.com}, global: {imageRegistry: r.example.com}}'",
    })
    void everyImageComesFromTheRegistry(String registry) {
        Rendered rendered = Chart.render(Chart.PROMETHEUS, PLACED, registry);
        PODS.forEach((object, path) -> {
            String image = rendered.get(object).at(path + "/containers/0/image").asText();
            assertEquals("r.example.com", image.split("/")[0], image);
            assertFalse(image.contains("//"), image);
        });
    }

    @Test
    void secretsOfAChartAroundThisOneCome() {
        String global = "global: {imagePullSecrets: [outer, {name: pull}], imageRegistry: ''}";
        Rendered rendered = Chart.render(Chart.PROMETHEUS, PLACED, global);
        PODS.forEach((object, path) -> assertEquals(
                "[{\"name\":\"outer\"},{\"name\":\"pull\"}]",
                rendered.get(object).at(path + "/imagePullSecrets").toString(),
                object));
    }

    /** A ResourceQuota on limits refuses a pod that has none. The server's CPU is not limited, and the values say why. */
    @Test
    void podsBesideTheServerHaveEveryLimit() {
        Rendered rendered = Chart.render(Chart.PROMETHEUS, PLACED);
        for (String object : List.of("StatefulSet/chat-tidegate-redis", "Pod/chat-tidegate-test")) {
            JsonNode resources = rendered.get(object).at(PODS.get(object) + "/containers/0/resources");
            for (String kind : List.of("requests", "limits")) {
                for (String resource : List.of("cpu", "memory")) {
                    assertFalse(resources.path(kind).path(resource).isMissingNode(), object + " " + kind + resource);
                }
            }
        }
    }
}
