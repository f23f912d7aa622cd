package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The chart, the Dockerfile and the fleet for a laptop fit together. */
final class ImageTest {
    private static final Path ROOT = Path.of("..");
    private static final String DOCKERFILE = Chart.read("../../Dockerfile");
    private static final JsonNode COMPOSE = Chart.yaml(Chart.read("../../docker-compose.yaml"));
    private static final JsonNode COMPOSE_TLS = Chart.yaml(Chart.read("../../docker-compose.tls.yaml"));

    @Test
    void podsRunAsTheUserOfTheImage() {
        JsonNode security = Chart.render(Chart.PROMETHEUS)
                .get("Deployment/chat-tidegate")
                .at("/spec/template/spec/securityContext");

        assertEquals("USER " + security.path("runAsUser") + ":" + security.path("runAsGroup"), line("USER .*"));
    }

    /** The arguments of {@code helm test} take the place of CMD, and are relative to WORKDIR. */
    @Test
    void helmTestStartsWhatIsInTheImage() {
        JsonNode arguments =
                Chart.render(Chart.PROMETHEUS).get("Pod/chat-tidegate-test").at("/spec/containers/0/args");

        assertEquals("CMD [\"-jar\", \"" + arguments.path(1).asText() + "\"]", line("CMD .*"));
        assertEquals("WORKDIR /opt/tidegate", line("WORKDIR /opt.*"));
        assertTrue(Chart.read("../../docker/assemble").contains("\"$home/tidegate.jar\""));
    }

    @Test
    void imagesOfTheLaptopAreThoseOfTheChart() {
        String version = Chart.yaml(Chart.read("Chart.yaml")).path("appVersion").asText();
        for (String runtime : List.of("se", "mp")) {
            JsonNode service = COMPOSE.at("/services/" + runtime + "-1");
            assertEquals(
                    "tidegate/tidegate-" + runtime + ":" + version,
                    service.path("image").asText());
            assertEquals(runtime, service.at("/build/args/RUNTIME").asText());
        }
        assertEquals(
                Chart.yaml(Chart.read("values.yaml")).at("/redis/trial/image").asText(),
                COMPOSE.at("/services/redis/image").asText());
    }

    @Test
    void whatIsMountedExists() {
        assertEquals(5, mounted(COMPOSE));
        assertEquals(1, mounted(COMPOSE_TLS));
    }

    private static int mounted(JsonNode compose) {
        int mounted = 0;
        for (JsonNode service : compose.path("services")) {
            for (JsonNode volume : service.path("volumes")) {
                if (volume.asText().startsWith("./")) {
                    assertTrue(Files.exists(ROOT.resolve(volume.asText().split(":")[0])), volume::asText);
                    mounted++;
                }
            }
        }
        return mounted;
    }

    /** All servers of the laptop, and the proxy's other file at the place of the first. */
    @Test
    void theFileOfTlsChangesWhatIsThere() {
        Set<String> services = new TreeSet<>();
        COMPOSE_TLS.path("services").fieldNames().forEachRemaining(services::add);
        assertEquals(Set.of("se-1", "se-2", "mp-1", "proxy"), services);
        services.forEach(name -> assertTrue(COMPOSE.path("services").has(name), name));
        String place = ":/usr/local/etc/haproxy/haproxy.cfg:ro";
        for (JsonNode compose : List.of(COMPOSE, COMPOSE_TLS)) {
            assertTrue(compose.at("/services/proxy/volumes/0").asText().endsWith(place));
        }
    }

    private static String line(String pattern) {
        Matcher line = Pattern.compile("(?m)^" + pattern + "$").matcher(DOCKERFILE);
        assertTrue(line.find(), pattern);
        return line.group();
    }
}
