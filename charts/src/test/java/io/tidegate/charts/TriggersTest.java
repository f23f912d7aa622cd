package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What KEDA is told. */
final class TriggersTest {
    private static final String METRICS_API = "autoscaling: {source: metrics-api, messages: {enabled: false}}";

    /** KEDA ignores a parameter that it does not know. */
    @ParameterizedTest
    @ValueSource(strings = {Chart.PROMETHEUS, METRICS_API})
    void everyParameterIsOneThatKedaKnows(String values) throws IOException {
        Path list = Schemas.folder().orElse(Path.of("nowhere")).resolve("keda-scalers-schema.json");
        assumeTrue(Files.exists(list), "left out: KEDA's list of parameters is not at " + list.toAbsolutePath());
        JsonNode scalers = Chart.YAML.readTree(list.toFile()).path("scalers");
        for (JsonNode trigger : triggers(values)) {
            Set<String> known = new HashSet<>(Set.of("authModes"));
            for (JsonNode scaler : scalers) {
                if (scaler.path("type").equals(trigger.path("type"))) {
                    scaler.path("parameters")
                            .forEach(each -> known.add(each.path("name").asText()));
                }
            }
            assertTrue(known.size() > 3, () -> "KEDA knows no " + trigger.path("type"));
            trigger.path("metadata").fieldNames().forEachRemaining(key -> assertTrue(known.contains(key), key));
        }
    }

    /** 10,000 connections, 1,000 a pod: CEIL(10000 / 1000) = 10, however many pods there are when the HPA asks. */
    @ParameterizedTest
    @ValueSource(strings = {Chart.PROMETHEUS, METRICS_API})
    void fleetIsTheSumDividedByTheTargetAndStaysThere(String values) {
        JsonNode trigger = triggers(values).path(0);
        assertEquals("AverageValue", trigger.path("metricType").asText());
        double target = trigger.at("/metadata/threshold")
                .asDouble(trigger.at("/metadata/targetValue").asDouble());
        int replicas = 2;
        for (int look = 0; look < 10; look++) {
            replicas = desired(replicas, 10_000, target);
            assertEquals(10, replicas);
        }
    }

    /** The published algorithm of the HPA for a target of type AverageValue, with its tolerance of a tenth. */
    private static int desired(int replicas, double sum, double target) {
        double ratio = sum / (target * replicas);
        return Math.abs(ratio - 1) <= 0.1 ? replicas : (int) Math.ceil(sum / target);
    }

    /** A query that divides by the number of pods would be divided twice. */
    @Test
    void queriesAreSumsOverTheFleet() {
        for (JsonNode trigger : triggers(Chart.PROMETHEUS)) {
            String query = trigger.at("/metadata/query").asText();
            // The fleet's own sum, as each pod shows it; else, and for messages, the pods' numbers, summed here.
            String fleets = "max(last_over_time(websocket_fleet_connections{";
            assertEquals(trigger.path("name").asText().equals("connections"), query.startsWith(fleets), query);
            assertTrue(query.startsWith("sum(") || query.contains(">= 0) or sum("), query);
            assertTrue(!query.contains("/") && !query.contains("avg"), query);
            assertEquals("false", trigger.at("/metadata/ignoreNullValues").asText());
        }
    }

    @Test
    void podsAreAskedOneByOneAndSummed() {
        assertEquals(
                List.of("true", "sum"),
                List.of(
                        triggers(METRICS_API)
                                .at("/0/metadata/aggregateFromKubeServiceEndpoints")
                                .asText(),
                        triggers(METRICS_API).at("/0/metadata/aggregationType").asText()));
    }

    private static JsonNode triggers(String values) {
        return Chart.render(values).get("ScaledObject/chat-tidegate").at("/spec/triggers");
    }
}
