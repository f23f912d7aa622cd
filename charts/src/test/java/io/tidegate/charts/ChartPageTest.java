package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Artifact Hub shows of the chart, by Chart.yaml, is so. */
final class ChartPageTest {
    private static final JsonNode CHART = Chart.yaml(Chart.read("Chart.yaml"));
    private static final String HOME = CHART.path("home").asText();

    @Test
    void imagesAreThoseThatTheChartRenders() {
        List<String> shown = new ArrayList<>();
        annotation("images").forEach(each -> shown.add(each.path("image").asText()));

        String trial = "redis: {trial: {enabled: true}}";
        assertEquals(
                List.of(
                        image("Deployment/chat-tidegate", "runtime: se"),
                        image("Deployment/chat-tidegate", "runtime: mp"),
                        image("StatefulSet/chat-tidegate-redis", trial)),
                shown);
    }

    @Test
    void versionBefore1IsShownAsOne() {
        boolean isPrerelease = CHART.path("version").asText().startsWith("0.");

        assertEquals(
                String.valueOf(isPrerelease),
                CHART.at("/annotations/artifacthub.io~1prerelease").asText());
        assertEquals(CHART.path("version"), CHART.path("appVersion"));
    }

    @Test
    void everyLinkLeadsToAFileOfTheSources() {
        String icon = CHART.path("icon").asText();
        assertTrue(exists(icon.replaceFirst("https://raw.githubusercontent.com/tidegate/tidegate/main/", "")), icon);
        annotation("links").forEach(each -> {
            String url = each.path("url").asText();
            assertTrue(url.startsWith(HOME + "/blob/main/"), url);
            assertTrue(exists(url.replace(HOME + "/blob/main/", "")), url);
        });
    }

    /** A package of the chart leaves the rest of the sources behind. */
    @Test
    void licenseComesAlong() {
        assertEquals(Chart.read("../../LICENSE"), Chart.read("LICENSE"));
    }

    private static JsonNode annotation(String name) {
        JsonNode list =
                Chart.yaml(CHART.at("/annotations/artifacthub.io~1" + name).asText());
        assertTrue(list.size() > 0, name);
        return list;
    }

    private static String image(String object, String values) {
        return Chart.render(Chart.PROMETHEUS, values)
                .get(object)
                .at("/spec/template/spec/containers/0/image")
                .asText();
    }

    private static boolean exists(String file) {
        return Files.exists(Path.of("..").resolve(file));
    }
}
