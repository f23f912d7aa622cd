package io.tidegate.rehearsal.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** A real Prometheus, which scrapes every slot. Any thread. */
final class Prometheus implements AutoCloseable {
    static final String JOB = "tidegate";

    private static final Duration START = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final int port;

    private Prometheus(Path directory, int port) {
        this.port = port;
        this.process = Tool.PROMETHEUS.start(
                directory,
                List.of(
                        "--config.file=prometheus.yml",
                        "--storage.tsdb.path=data",
                        "--web.listen-address=127.0.0.1:" + port,
                        "--log.level=warn"));
    }

    /**
     * Starts Prometheus, and waits until it answers.
     *
     * @param interval between two scrapes, in real time
     */
    static Prometheus start(Path directory, int port, List<Slot> slots, Duration interval) {
        try {
            Files.writeString(directory.resolve("prometheus.yml"), configuration(slots, interval));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Prometheus prometheus = new Prometheus(directory, port);
        Await.until(
                () -> "Prometheus answers; its output:\n" + Tool.PROMETHEUS.said(directory),
                START,
                () -> !prometheus.process.isAlive() || prometheus.isReady());
        if (!prometheus.process.isAlive()) {
            throw new UnplayableException("Prometheus did not start:\n" + Tool.PROMETHEUS.said(directory));
        }
        return prometheus;
    }

    private static String configuration(List<Slot> slots, Duration interval) {
        String targets = slots.stream()
                .map(slot -> "      - targets: ['127.0.0.1:%d']\n        labels: {namespace: %s, pod: %s}\n"
                        .formatted(slot.managementPort(), Chart.NAMESPACE, slot.name()))
                .collect(Collectors.joining());
        return """
                global:
                  scrape_interval: %1$dms
                  scrape_timeout: %1$dms
                scrape_configs:
                  - job_name: %2$s
                    static_configs:
                """.formatted(interval.toMillis(), JOB) + targets;
    }

    private boolean isReady() {
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Reads the answer like KEDA's prometheus scaler ({@code pkg/scalers/prometheus_scaler.go}). */
    Answer ask(String promql, boolean ignoreNull) {
        HttpResponse<String> response;
        try {
            response = get("/api/v1/query?query=" + URLEncoder.encode(promql, StandardCharsets.UTF_8));
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

    private HttpResponse<String> get(String path) throws IOException {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        Tool.end(process);
        http.close();
    }
}
