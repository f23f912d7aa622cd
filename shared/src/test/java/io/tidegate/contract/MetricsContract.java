package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code docs/metrics.md} says of each series is what a server exposes, on either runtime. */
abstract class MetricsContract extends OneServer {
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");

    /** A series, its type, its unit, its labels, what it is, and a query. */
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\w+) \\| [^|]+ \\| ([^|]+) \\| [^|]+ \\| `([^|`]+)` \\|$");

    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\w+) (\\w+)$");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^(\\w+)(?:\\{(.*)})? \\S+$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

    /** Of the registry, and of a histogram. */
    private static final Set<String> EVERYWHERE = Set.of("scope", "mp_scope", "le");

    @Override
    Map<String, String> settings() {
        return Map.of("tidegate.api.keys", "k".repeat(32));
    }

    @Test
    void thePageOfMetricsListsEverySeriesWithItsTypeAndLabelsAndNoOther() throws IOException {
        try (FullClient client = FullClient.subscribed(server.port(), "metrics")) {
            client.publish("metrics", "hello");
            client.expect("message");
            Map<String, String> page = new TreeMap<>();
            Matcher row = ROW.matcher(Files.readString(PAGE));
            while (row.find()) {
                String series = row.group(1);
                Set<String> labels = row.group(3).equals("none")
                        ? Set.of()
                        : Arrays.stream(row.group(3).replace("`", "").split(", "))
                                .collect(Collectors.toSet());
                page.put(series, row.group(2) + " " + new TreeSet<>(labels));
                if (row.group(2).equals("histogram")) {
                    page.put(series + "_max", "gauge []");
                }
                assertTrue(row.group(4).contains(series), () -> series + " is not in its query");
            }

            assertEquals(page, scraped());
        }
    }

    @Test
    void topicsHandshakesRoundsAndCarriersAreCounted() {
        double handshakes = server.metric("websocket_handshake_seconds_count");
        double rounds = server.metric("websocket_write_rounds_total");
        double topics = server.metric("websocket_topics");
        try (FullClient client = FullClient.subscribed(server.port(), "one-more")) {
            assertEquals(handshakes + 1, server.metric("websocket_handshake_seconds_count"));
            assertEquals(topics + 1, server.metric("websocket_topics"));
            assertTrue(client.name().length() > 1);
        }
        Await.until("nobody gets it", () -> server.metric("websocket_topics") == topics);
        assertTrue(server.metric("websocket_write_rounds_total") > rounds);
        assertTrue(server.metric("tidegate_carrier_threads") >= 1);
    }

    /** As on the page. */
    private Map<String, String> scraped() {
        String body = server.get("/metrics").body();
        Map<String, String> types = new TreeMap<>();
        Matcher type = TYPE.matcher(body);
        while (type.find()) {
            types.put(type.group(1), type.group(2));
        }
        Map<String, Set<String>> labels = new TreeMap<>();
        Matcher sample = SAMPLE.matcher(body);
        while (sample.find()) {
            String name = sample.group(1);
            String series = types.containsKey(name) ? name : name.replaceFirst("_(bucket|sum|count)$", "");
            Set<String> own = labels.computeIfAbsent(series, key -> new TreeSet<>());
            Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
            while (label.find()) {
                if (!EVERYWHERE.contains(label.group(1))) {
                    own.add(label.group(1));
                }
            }
        }
        Map<String, String> series = new TreeMap<>();
        types.forEach((name, kind) -> series.put(name, kind + " " + labels.getOrDefault(name, Set.of())));
        return series;
    }
}
