package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The values for each kind of cluster, {@code tidegate/ci}. What they render is also written to {@code target/recipes}, where
 * {@code .ci/cluster} gives it to a real API server; but for kinds whose definition is not at hand.
 */
final class RecipesTest {
    private static final Path RECIPES = Chart.HOME.resolve("ci");
    private static final Path PAGES = Path.of("..", "docs", "clusters");
    private static final Path RENDERED = Path.of("target", "recipes");
    private static final String ENDING = "-values.yaml";
    private static final Schemas SCHEMAS = new Schemas();

    @ParameterizedTest
    @MethodSource("recipes")
    void recipeRendersWhatTheApiServerTakes(String recipe) throws IOException {
        StringBuilder known = new StringBuilder();
        for (JsonNode object : Chart.render(values(recipe)).objects().values()) {
            assertEquals(List.of(), SCHEMAS.errors(object), object::toPrettyString);
            if (SCHEMAS.knows(object)) {
                known.append("---\n").append(Chart.YAML.writeValueAsString(object));
            }
        }
        assertTrue(known.indexOf("kind: \"Deployment\"") > 0);
        Files.createDirectories(RENDERED);
        Files.writeString(RENDERED.resolve(recipe + ".yaml"), known);
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void recipeIsExplained(String recipe) throws IOException {
        assertTrue(pages().contains("charts/tidegate/ci/" + recipe + ENDING), recipe);
    }

    @Test
    void whatIsExplainedExists() throws IOException {
        Matcher named =
                Pattern.compile("charts/tidegate/ci/([a-z0-9-]+)" + ENDING).matcher(pages());
        while (named.find()) {
            assertTrue(Files.exists(RECIPES.resolve(named.group(1) + ENDING)), named::group);
        }
    }

    /** A proxy that gives a pod up must leave it its connections until the pod has handed them over. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "eks-alb     | deregistration_delay.timeout_seconds=(\\d+)",
                "gke-ingress | \"drainingTimeoutSec\":(\\d+)",
                "gke-gateway | \"drainingTimeoutSec\":(\\d+)",
                "aks-agic    | connection-draining-timeout\":\"(\\d+)",
                "istio       | terminationDrainDuration: (\\d+)s",
            })
    void proxyOutlastsThePodsDrain(String recipe, String number) throws IOException {
        Rendered rendered = Chart.render(values(recipe));
        Matcher drained = Pattern.compile(number).matcher(rendered.objects().toString());

        assertTrue(drained.find(), number);
        assertTrue(Integer.parseInt(drained.group(1)) >= leaving(rendered), drained::group);
    }

    /** A node of that kind goes 30 s after its notice, whatever a pod asks for. */
    @Test
    void spotPodsAreGoneBeforeTheirNode() throws IOException {
        JsonNode pod = pod(Chart.render(values("spot")));

        assertTrue(pod.path("terminationGracePeriodSeconds").asInt() <= 30, pod::toPrettyString);
    }

    /** The constraint gives each namespace a range of users, and refuses a pod that asks for another. */
    @Test
    void openShiftChoosesTheUser() throws IOException {
        JsonNode security = pod(Chart.render(values("openshift"))).path("securityContext");

        assertEquals("[runAsNonRoot, seccompProfile]", fields(security).toString());
    }

    private static int leaving(Rendered rendered) {
        String drain = rendered.variable("TIDEGATE_DRAIN_TIMEOUT");
        return pod(rendered).at("/containers/0/lifecycle/preStop/sleep/seconds").asInt()
                + Integer.parseInt(drain.substring(0, drain.length() - 1));
    }

    private static JsonNode pod(Rendered rendered) {
        return rendered.objects().values().stream()
                .filter(object -> object.path("kind").asText().equals("Deployment"))
                .findFirst()
                .orElseThrow()
                .at("/spec/template/spec");
    }

    private static List<String> fields(JsonNode node) {
        return node.properties().stream().map(each -> each.getKey()).sorted().toList();
    }

    private static Stream<String> recipes() throws IOException {
        try (Stream<Path> files = Files.list(RECIPES)) {
            return files.map(file -> file.getFileName().toString().replace(ENDING, "")).sorted().toList().stream();
        }
    }

    private static String values(String recipe) throws IOException {
        return Files.readString(RECIPES.resolve(recipe + ENDING));
    }

    private static String pages() throws IOException {
        try (Stream<Path> files = Files.list(PAGES)) {
            return files.map(file -> Chart.read(Chart.HOME.relativize(file).toString()))
                    .collect(Collectors.joining("\n"));
        }
    }
}
