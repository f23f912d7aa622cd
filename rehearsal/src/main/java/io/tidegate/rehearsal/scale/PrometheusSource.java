package io.tidegate.rehearsal.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.testing.Prometheus;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** A real Prometheus that scrapes every slot, asked as KEDA asks. Any thread. */
final class PrometheusSource implements AutoCloseable {
    static final String JOB = "tidegate";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Prometheus prometheus;

    /**
     * Starts Prometheus, and waits until it answers.
     *
     * @param interval between two scrapes, in real time
     */
    PrometheusSource(Path directory, int port, List<Slot> slots, Duration interval) {
        String targets = slots.stream()
                .map(slot -> "      - targets: ['127.0.0.1:%d']\n        labels: {namespace: %s, pod: %s}\n"
                        .formatted(slot.managementPort(), Chart.NAMESPACE, slot.name()))
                .collect(Collectors.joining());
        prometheus = Prometheus.start(directory, port, """
                global:
                  scrape_interval: %1$dms
                  scrape_timeout: %1$dms
                scrape_configs:
                  - job_name: %2$s
                    static_configs:
                """.formatted(interval.toMillis(), JOB) + targets);
    }

    /** Reads the answer like KEDA's prometheus scaler ({@code pkg/scalers/prometheus_scaler.go}). */
    Answer ask(String promql, boolean ignoreNull) {
        HttpResponse<String> response;
        try {
            response = prometheus.ask(promql);
        } catch (IOException e) {
            return Answer.none("Prometheus does not answer: " + e.getMessage());
        }
        if (response.statusCode() != 200) {
            return Answer.none("Prometheus refuses: " + response.body());
        }
        try {
            return of(JSON.readTree(response.body()).at("/data/result"), ignoreNull);
        } catch (IOException e) {
            return Answer.none("Prometheus answers no JSON: " + e.getMessage());
        }
    }

    private static Answer of(JsonNode result, boolean ignoreNull) {
        if (result.isEmpty()) {
            return ignoreNull ? Answer.of(0) : Answer.none("the answer is empty");
        }
        if (result.size() > 1) {
            return Answer.none("the answer has " + result.size() + " series");
        }
        double value =
                Double.parseDouble(result.path(0).path("value").path(1).asText().replace("+Inf", "Infinity"));
        if (Double.isInfinite(value) || Double.isNaN(value)) {
            return ignoreNull ? Answer.of(0) : Answer.none("the answer is " + value);
        }
        return Answer.of(value);
    }

    @Override
    public void close() {
        prometheus.close();
    }
}
