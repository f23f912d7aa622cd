package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alerts: valid to Prometheus, firing when they should, each with its page. */
final class AlertsTest {
    private static final Path RUNBOOKS = Path.of("..", "docs", "runbooks");
    private static final Path TESTS = Path.of("src", "test", "resources", "alerts", "tests.yaml");
    private static final JsonNode SPEC = Chart.render(Chart.PROMETHEUS, "alerts: {enabled: true}")
            .get("PrometheusRule/chat-tidegate")
            .path("spec");
    private static final List<JsonNode> ALERTS = alerts();

    @Test
    void prometheusAcceptsTheRules(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("rules.yaml"), Chart.YAML.writeValueAsString(SPEC));

        Promtool.pass(folder, "check", "rules", "rules.yaml");
    }

    @Test
    void alertsFireWhenTheyShouldAndOnlyThen(@TempDir Path folder) throws Exception {
        JsonNode summaries = SPEC.deepCopy();
        // What is compared is the summary, whose template Prometheus fills in.
        summaries.at("/groups/0/rules").forEach(rule -> ((ObjectNode) rule.path("annotations")).retain("summary"));
        Files.writeString(folder.resolve("rules.yaml"), Chart.YAML.writeValueAsString(summaries));
        Files.copy(TESTS, folder.resolve("tests.yaml"));

        Promtool.pass(folder, "test", "rules", "tests.yaml");
    }

    @Test
    void aFleetThatMayHaveNoPodIsNotMissed() {
        for (String fewest : List.of(
                "autoscaling: {minReplicas: 0, extraTriggers: [{type: cron, name: day, metadata: {timezone: UTC,"
                        + " start: 0 7 * * *, end: 0 20 * * *, desiredReplicas: \"2\"}}]}",
                "autoscaling: {enabled: false}, replicas: 0")) {
            JsonNode rules = Chart.render(Chart.PROMETHEUS, "{alerts: {enabled: true}, " + fewest + "}")
                    .get("PrometheusRule/chat-tidegate");
            assertFalse(rules.toString().contains("TidegateAbsent"), fewest);
            assertTrue(rules.toString().contains("TidegateRelayDown"), fewest);
        }
    }

    @Test
    void everyAlertIsTestedFiringAndSilent() throws IOException {
        Set<String> firing = new TreeSet<>();
        Set<String> silent = new TreeSet<>();
        for (JsonNode test : Chart.yaml(Files.readString(TESTS)).path("tests")) {
            for (JsonNode each : test.path("alert_rule_test")) {
                (each.has("exp_alerts") ? firing : silent)
                        .add(each.path("alertname").asText());
            }
        }
        assertEquals(names(), firing);
        assertEquals(names(), silent);
    }

    @Test
    void everyAlertHasAPageWithItsExpressionAndItsHeadings() throws IOException {
        for (JsonNode alert : ALERTS) {
            Path file = RUNBOOKS.resolve(alert.path("alert").asText() + ".md");
            String page = Files.readString(file);
            String block = "```promql\n" + wrapped(alert.path("expr").asText()) + "\n```";
            if (Boolean.getBoolean("update")) {
                page = page.replaceFirst("(?s)```promql\n.*?```", java.util.regex.Matcher.quoteReplacement(block));
                Files.writeString(file, page);
            }
            assertTrue(page.contains(block), () -> file + " lacks\n" + block);
            List<String> headings =
                    page.lines().filter(line -> line.startsWith("## ")).toList();
            assertEquals(
                    List.of("## Fires when", "## At once", "## How the limit is set", "## How to fix it"), headings);
            assertEquals(
                    "https://github.com/tidegate/tidegate/blob/main/docs/runbooks/" + file.getFileName(),
                    alert.at("/annotations/runbook_url").asText());
        }
    }

    @Test
    void indexOfThePagesIsTheListOfAlerts() throws IOException {
        Path file = RUNBOOKS.resolve("README.md");
        String page = Files.readString(file);
        String head = "| alert | severity | after |\n|---|---|---|\n";
        String rows = ALERTS.stream()
                .map(alert -> "| [%1$s](%1$s.md) | %2$s | %3$s |\n"
                        .formatted(
                                alert.path("alert").asText(),
                                alert.at("/labels/severity").asText(),
                                alert.path("for").asText()))
                .collect(Collectors.joining());
        if (Boolean.getBoolean("update")) {
            page = page.substring(0, page.indexOf(head)) + head + rows;
            Files.writeString(file, page);
        }
        assertTrue(page.endsWith(head + rows), rows);
        try (Stream<Path> files = Files.list(RUNBOOKS)) {
            assertEquals(
                    names(),
                    files.map(each -> each.getFileName().toString().replace(".md", ""))
                            .filter(name -> !name.equals("README"))
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    private static Set<String> names() {
        return ALERTS.stream()
                .map(alert -> alert.path("alert").asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<JsonNode> alerts() {
        List<JsonNode> alerts = new ArrayList<>();
        SPEC.at("/groups/0/rules").forEach(alerts::add);
        return alerts;
    }

    /** A long expression over several lines. */
    private static String wrapped(String expression) {
        return expression.replace(" / ", "\n  / ").replace(" and ", "\n  and ").replace(" or ", "\n  or ");
    }
}
