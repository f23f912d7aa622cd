package io.tidegate.rehearsal.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.tidegate.rehearsal.hpa.Fallback;
import io.tidegate.rehearsal.hpa.Policy;
import io.tidegate.rehearsal.hpa.Rules;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingTest {
    private static final String FULL = """
            spec:
              minReplicaCount: 2
              maxReplicaCount: 50
              fallback: {failureThreshold: 3, replicas: 2, behavior: currentReplicasIfHigher}
              advanced:
                horizontalPodAutoscalerConfig:
                  behavior:
                    scaleUp:
                      policies: [{type: Percent, value: 100, periodSeconds: 30}]
                    scaleDown:
                      stabilizationWindowSeconds: 600
                      selectPolicy: Min
                      policies: [{type: Pods, value: 1, periodSeconds: 120}]
              triggers:
                - type: prometheus
                  name: connections
                  metricType: AverageValue
                  metadata: {query: sum(x), threshold: "1000", ignoreNullValues: "false"}
            """;

    @Test
    void everythingIsReadFromTheScaledObject() throws IOException {
        Scaling scaling = Scaling.of(yaml(FULL));
        assertEquals(2, scaling.min());
        assertEquals(50, scaling.max());
        assertEquals(List.of(new Query("connections", "sum(x)", 1_000, false)), scaling.queries());
        assertEquals(
                new Fallback(3, 2, Fallback.Behavior.CURRENT_REPLICAS_IF_HIGHER),
                scaling.fallback().orElseThrow());
        assertEquals(
                new Rules(
                        Duration.ofMinutes(10),
                        List.of(new Policy(Policy.Type.PODS, 1, Duration.ofMinutes(2))),
                        Rules.Select.MIN),
                scaling.behavior().orElseThrow().down());
    }

    @Test
    void whatABehaviorLeavesOutIsKubernetesDefault() throws IOException {
        Rules up = Scaling.of(yaml(FULL)).behavior().orElseThrow().up();
        assertEquals(Duration.ZERO, up.window());
        assertEquals(Rules.Select.MAX, up.select());
    }

    @Test
    void withoutAWordOnNullsAnEmptyAnswerIsZero() throws IOException {
        JsonNode object = yaml(FULL.replace(", ignoreNullValues: \"false\"", ""));
        assertTrue(Scaling.of(object).queries().getFirst().ignoreNull());
    }

    @ParameterizedTest
    @CsvSource({
        "type: prometheus,type: metrics-api,those of type prometheus",
        "metricType: AverageValue,metricType: Value,plays AverageValue",
        "minReplicaCount: 2,minReplicaCount: 0,plays 1 or more",
        "currentReplicasIfHigher,often,fallback.behavior often"
    })
    void whatCannotBePlayedIsNamed(String part, String other, String message) throws IOException {
        JsonNode object = yaml(FULL.replace(part, other));
        UnplayableException refusal = assertThrows(UnplayableException.class, () -> Scaling.of(object));
        assertTrue(String.valueOf(refusal.getMessage()).contains(message), refusal.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"10000,10,10", "10001,10,11", "10,10,2", "10000,1200,12", "900000,10,50"})
    void theLargestNeedCounts(double connections, double rate, int pods) {
        Query first = new Query("connections", "sum(x)", 1_000, false);
        Query second = new Query("messages", "sum(y)", 100, false);
        Scaling scaling = new Scaling(2, 50, Optional.empty(), Optional.empty(), List.of(first, second));
        assertEquals(pods, scaling.needed(connections, rate));
    }

    @Test
    void shrinkingTakesTheWindowAndAPeriodForEachPod() throws IOException {
        assertEquals(
                Duration.ofMinutes(10 + 8 * 2).plusSeconds(8 * 15),
                Scaling.of(yaml(FULL)).longestShrink(10, 2));
    }

    private static JsonNode yaml(String text) throws IOException {
        return new ObjectMapper(new YAMLFactory()).readTree(text);
    }
}
