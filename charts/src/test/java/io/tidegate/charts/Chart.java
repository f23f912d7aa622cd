package io.tidegate.charts;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The chart as Helm sees it; Helm runs in this process. */
final class Chart {
    static final Path HOME = Path.of("tidegate");
    static final ObjectMapper YAML = JsonMapper.builder(YAMLFactory.builder()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .build())
            .build();

    /** The name and the namespace of the release in every test. */
    static final String RELEASE = "chat";

    static final String NAMESPACE = "realtime";

    /** Where Prometheus is: the one value without which the defaults do not render. */
    static final String PROMETHEUS =
            "autoscaling: {prometheus: {serverAddress: 'http://prometheus.monitoring.svc:9090'}}";

    private static final String TEST_HOOK = "templates/tests/round-trip.yaml";
    private static final String NOTES = "notes-of-the-release";

    /** The chart, but what Helm's template command leaves out, the test and the notes, are objects like any other. */
    private static final Path RENDERED = withAllAsObjects();

    private Chart() {}

    /** Helm refused to render. */
    static final class RefusedException extends RuntimeException {
        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Renders with some values, the later ones over the earlier.
     *
     * @param values each a YAML text
     * @throws RefusedException with Helm's message
     */
    static Rendered render(String... values) {
        List<JsonNode> objects = new ArrayList<>(template(values));
        objects.removeIf(Chart::isNotes);
        return Rendered.of(objects);
    }

    /** What Helm says after an installation with these values. */
    static String notes(String... values) {
        return template(values).stream()
                .filter(Chart::isNotes)
                .findFirst()
                .orElseThrow()
                .at("/data/text")
                .asText();
    }

    private static boolean isNotes(JsonNode object) {
        return object.at("/metadata/name").asText().equals(NOTES);
    }

    private static List<JsonNode> template(String... values) {
        List<Path> files = new ArrayList<>();
        try {
            // Explicit, since Helm would otherwise ask a cluster.
            var template = new Helm(RENDERED)
                    .template()
                    .withName(RELEASE)
                    .withNamespace(NAMESPACE)
                    .withKubeVersion("1.33.0");
            for (String text : values) {
                Path file = Files.createTempFile("values", ".yaml");
                files.add(file);
                template.withValuesFile(Files.writeString(file, text));
            }
            return documents(template.call());
        } catch (IllegalStateException e) {
            throw new RefusedException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            files.forEach(file -> file.toFile().delete());
        }
    }

    private static Path withAllAsObjects() {
        Path copy = Path.of("target", "rendered", "tidegate");
        try (Stream<Path> files = Files.walk(HOME)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(HOME.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.writeString(
                    copy.resolve(TEST_HOOK), read(TEST_HOOK).replace("\"helm.sh/hook\" \"test\"", "\"hook\" \"test\""));
            Files.writeString(copy.resolve("templates/notes.yaml"), """
                    {{- define "notes" }}%s{{ end -}}
                    {apiVersion: v1, kind: ConfigMap, metadata: {name: %s}, data: {text: {{ include "notes" . | quote }}}}
                    """.formatted(read("templates/NOTES.txt"), NOTES));
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static LintResult lint() {
        return new Helm(HOME).lint().strict().call();
    }

    /** A file of the chart or, by {@code ..}, beside it. */
    static String read(String path) {
        try {
            return Files.readString(HOME.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One YAML document. */
    static JsonNode yaml(String text) {
        try {
            return YAML.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All documents of a stream but the empty ones; a key that stands twice is an error. */
    static List<JsonNode> documents(String stream) {
        try (YAMLParser parser = new YAMLFactory().createParser(stream)) {
            parser.enable(com.fasterxml.jackson.core.JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            return YAML.<JsonNode>readValues(parser, JsonNode.class).readAll().stream()
                    .filter(document -> !document.isNull())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("not YAML:\n" + stream, e);
        }
    }

    /** A node as plain maps, lists and values. */
    static Map<String, Object> map(JsonNode node) {
        return YAML.convertValue(node, new TypeReference<>() {});
    }
}
