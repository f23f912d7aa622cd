package io.tidegate.rehearsal.scale;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The two objects of the rendered chart that a rehearsal plays.
 *
 * @param deployment as rendered
 * @param scaledObject as rendered
 */
record Chart(JsonNode deployment, JsonNode scaledObject) {
    static final String RELEASE = "rehearsal";
    static final String NAMESPACE = "rehearsal";

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /**
     * Renders the chart.
     *
     * @param directory of the chart
     * @param values by their keys
     * @throws UnplayableException with Helm's message
     */
    static Chart render(Path directory, Map<String, String> values) throws InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), HelmTemplate.class.getName()));
        command.addAll(List.of(directory.toString(), RELEASE, NAMESPACE));
        values.forEach((key, value) -> command.add(key + "=" + value));
        try {
            Process helm = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.PIPE)
                    .start();
            String rendered = new String(helm.getInputStream().readAllBytes(), UTF_8);
            String errors = new String(helm.getErrorStream().readAllBytes(), UTF_8);
            if (helm.waitFor() != 0) {
                throw new UnplayableException("the chart does not render: " + errors.strip());
            }
            return of(rendered);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a stream of YAML documents. */
    static Chart of(String rendered) throws IOException {
        try (var parser = new YAMLFactory().createParser(rendered)) {
            List<JsonNode> objects =
                    YAML.<JsonNode>readValues(parser, JsonNode.class).readAll();
            return new Chart(only(objects, "Deployment"), only(objects, "ScaledObject"));
        }
    }

    private static JsonNode only(List<JsonNode> objects, String kind) {
        return objects.stream()
                .filter(each -> each.path("kind").asText().equals(kind))
                .findFirst()
                .orElseThrow(() -> new UnplayableException("the chart renders no " + kind
                        + ": a rehearsal needs autoscaling.enabled, and the Deployment of the server"));
    }

    /** The pods' name without its two hashes. */
    String name() {
        return deployment.at("/metadata/name").asText();
    }
}
