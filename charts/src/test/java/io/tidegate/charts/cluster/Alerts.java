package io.tidegate.charts.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/** What a Prometheus that has the chart's rules says of them. */
final class Alerts {
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI url;
    private final String namespace;

    /**
     * Of one namespace.
     *
     * @param prometheus its address
     */
    Alerts(String prometheus, String namespace) {
        this.url = URI.create(prometheus + "/api/v1/alerts");
        this.namespace = namespace;
    }

    /** The names of those that fire now. */
    Set<String> firing() {
        Set<String> firing = new TreeSet<>();
        for (JsonNode alert : answer().at("/data/alerts")) {
            // Alertmanager routes by this label.
            boolean isOurs = alert.at("/labels/namespace").asText().equals(namespace);
            if (isOurs && alert.path("state").asText().equals("firing")) {
                firing.add(alert.at("/labels/alertname").asText());
            }
        }
        return firing;
    }

    private JsonNode answer() {
        try {
            return JSON.readTree(
                    http.send(HttpRequest.newBuilder(url).timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofString())
                            .body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
