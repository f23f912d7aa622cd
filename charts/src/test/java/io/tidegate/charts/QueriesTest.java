package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidegate.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every query of the triggers, the alerts and the dashboard: valid, and about metrics that there are. */
final class QueriesTest {
    private static final Pattern NAME = Pattern.compile("\\b([a-zA-Z_][a-zA-Z0-9_]*)\\{");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-zA-Z_][a-zA-Z0-9_]*)[{ ]");

    /** Metrics of others: kube-state-metrics and KEDA. */
    private static final Pattern FOREIGN = Pattern.compile("up|(kube|keda)_[a-z_]+");

    @Test
    void prometheusParsesEveryQuery(@TempDir Path folder) throws Exception {
        List<String> queries = queries();

        assertTrue(queries.size() > 40, queries::toString);
        Promtool.parse(folder, queries);
    }

    @Test
    void everyMetricIsOneThatAServerExposes() {
        Set<String> asked = new TreeSet<>();
        for (String query : queries()) {
            Matcher names = NAME.matcher(query);
            while (names.find()) {
                asked.add(names.group(1));
            }
        }
        asked.removeIf(name -> FOREIGN.matcher(name).matches());
        Set<String> exposed = new TreeSet<>();
        try (ServerProcess server = ServerProcess.start(
                Path.of(System.getProperty("tidegate.se.jar")), Map.of("tidegate.api.keys", "k".repeat(32)))) {
            Matcher samples = SAMPLE.matcher(server.get("/metrics").body());
            while (samples.find()) {
                exposed.add(samples.group(1));
            }
        }
        assertTrue(asked.size() > 15, asked::toString);
        asked.removeAll(exposed);
        assertEquals(Set.of(), asked);
    }

    /**
     * What a pod leaves behind in Prometheus when it has drained and gone, and a scrape that was missed: neither may move the
     * sum, or a small fleet would grow again right after it has shrunk.
     */
    @Test
    void sumsCountEachClientOnceWhilePodsComeAndGo(@TempDir Path folder) throws Exception {
        JsonNode triggers =
                Chart.render(Chart.PROMETHEUS).get("ScaledObject/chat-tidegate").at("/spec/triggers");
        String test = Files.readString(Path.of("src", "test", "resources", "alerts", "sums.yaml"));
        for (JsonNode trigger : triggers) {
            test = test.replace(
                    "QUERY_" + trigger.path("name").asText(),
                    Chart.YAML
                            .writeValueAsString(trigger.at("/metadata/query").asText())
                            .strip());
        }
        Files.writeString(folder.resolve("sums.yaml"), test);

        Promtool.pass(folder, "test", "rules", "sums.yaml");
    }

    /** The article's list of queries has its panels. */
    @Test
    void dashboardAnswersTheArticlesQuestions() {
        Set<String> titles =
                panels().stream().map(panel -> panel.path("title").asText()).collect(Collectors.toSet());
        assertTrue(
                titles.containsAll(List.of(
                        "Active connections",
                        "Connections per pod",
                        "Message throughput",
                        "Connection distribution",
                        "Average connections per pod")),
                titles::toString);
    }

    @Test
    void panelsDoNotOverlapAndHaveADescription() {
        Set<String> cells = new TreeSet<>();
        Set<Integer> ids = new TreeSet<>();
        for (JsonNode panel : panels()) {
            assertTrue(ids.add(panel.path("id").asInt()), panel::toString);
            assertTrue(panel.path("type").asText().equals("row") || panel.has("description"), panel::toString);
            JsonNode at = panel.path("gridPos");
            for (int x = at.path("x").asInt();
                    x < at.path("x").asInt() + at.path("w").asInt();
                    x++) {
                for (int y = at.path("y").asInt();
                        y < at.path("y").asInt() + at.path("h").asInt();
                        y++) {
                    assertTrue(cells.add(x + "," + y), () -> panel.path("title") + " overlaps");
                    assertTrue(x < 24, panel::toString);
                }
            }
        }
    }

    /** Those that docs/metrics.md shows, one for each series. */
    @Test
    void prometheusParsesTheQueriesOfThePageOfMetrics(@TempDir Path folder) throws Exception {
        List<String> queries = Pattern.compile("(?m)`([^`|]+)` \\|$")
                .matcher(Chart.read("../../docs/metrics.md"))
                .results()
                .map(query -> query.group(1))
                .toList();

        assertTrue(queries.size() > 50, queries::toString);
        Promtool.parse(folder, queries);
    }

    /** A window of its own shows nothing where a scrape is rarer, and smooths what is seen closely. */
    @Test
    void dashboardsRatesFollowTheScrapeInterval() {
        dashboard()
                .path("panels")
                .forEach(panel -> panel.path("targets").forEach(target -> {
                    String query = target.path("expr").asText();
                    assertTrue(!query.contains("[") || query.contains("[$__rate_interval]"), query);
                }));
    }

    /** What KEDA reads stands beside what the HPA makes of it; a drain and a rollout are marked. */
    @Test
    void dashboardShowsWhatTheScalerReadsAndWhenPodsComeAndGo() {
        JsonNode scaler = panels().stream()
                .filter(panel -> panel.path("title").asText().equals("What the scaler reads"))
                .findFirst()
                .orElseThrow();
        String queries = scaler.path("targets").toString();
        assertTrue(queries.contains("websocket_fleet_connections"), queries);
        assertTrue(queries.contains("kube_horizontalpodautoscaler_status_desired_replicas"), queries);
        assertEquals(2, dashboard().at("/annotations/list").size());
        dashboard().path("links").forEach(link -> {
            String page = link.path("url").asText().replaceFirst(".*/docs/", "../../docs/");
            assertTrue(Chart.read(page).startsWith("# "), page);
        });
    }

    private static List<String> queries() {
        List<String> queries = new ArrayList<>();
        Rendered rendered = Chart.render(Chart.PROMETHEUS, "alerts: {enabled: true}");
        rendered.get("ScaledObject/chat-tidegate")
                .at("/spec/triggers")
                .forEach(trigger -> queries.add(trigger.at("/metadata/query").asText()));
        rendered.get("PrometheusRule/chat-tidegate")
                .at("/spec/groups/0/rules")
                .forEach(rule -> queries.add(rule.path("expr").asText()));
        JsonNode dashboard = dashboard();
        dashboard.path("panels").forEach(panel -> panel.path("targets").forEach(target -> queries.add(query(target))));
        dashboard.at("/annotations/list").forEach(annotation -> queries.add(query(annotation)));
        return queries;
    }

    /** As Grafana sends it: it knows how often is scraped. */
    private static String query(JsonNode of) {
        return of.path("expr").asText().replace("$__rate_interval", "1m");
    }

    private static List<JsonNode> panels() {
        List<JsonNode> panels = new ArrayList<>();
        dashboard().path("panels").forEach(panels::add);
        return panels;
    }

    /** From the ConfigMap, as Grafana gets it. */
    private static JsonNode dashboard() {
        try {
            return Chart.YAML.readTree(Chart.render(Chart.PROMETHEUS, "dashboard: {enabled: true}")
                    .get("ConfigMap/chat-tidegate-dashboard")
                    .at("/data/tidegate.json")
                    .asText());
        } catch (IOException e) {
            throw new AssertionError("the dashboard is not JSON", e);
        }
    }
}
