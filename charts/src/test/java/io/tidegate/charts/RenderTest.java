package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every object of every case is what it should be, to the last value. The case {@code default} is written out whole in
 * {@code cases/default.expected}; of the others stands there in what they differ from it. After a change that is meant,
 * {@code -Dupdate=true} writes them anew, to be read in the diff.
 */
final class RenderTest {
    private static final Path CASES = Path.of("src", "test", "resources", "cases");
    private static final Schemas SCHEMAS = new Schemas();
    private static final boolean UPDATE = Boolean.getBoolean("update");

    @TestFactory
    Stream<DynamicTest> caseRendersWhatIsExpected() throws IOException {
        Rendered standard = Chart.render(Chart.PROMETHEUS);
        return Stream.concat(
                Stream.of(DynamicTest.dynamicTest(
                        "default", () -> assertExpected("default", Chart.YAML.writeValueAsString(standard.objects())))),
                cases().map(name -> DynamicTest.dynamicTest(name, () -> {
                    Rendered rendered = Chart.render(Chart.PROMETHEUS, values(name));
                    assertExpected(name, String.join("\n", standard.differences(rendered)) + "\n");
                })));
    }

    @TestFactory
    Stream<DynamicTest> everyObjectFitsItsSchema() throws IOException {
        return cases().map(name -> DynamicTest.dynamicTest(name, () -> {
            for (JsonNode object :
                    Chart.render(Chart.PROMETHEUS, values(name)).objects().values()) {
                assertEquals(List.of(), SCHEMAS.errors(object), object::toPrettyString);
            }
        }));
    }

    /** The API server takes the last of two keys, without a word. */
    @Test
    void keyThatIsRenderedTwiceIsSeen() {
        String twice = "a:\n  b: 1\n  b: 2\n";

        assertTrue(String.valueOf(assertThrows(UncheckedIOException.class, () -> Chart.documents(twice))
                        .getCause())
                .contains("Duplicate field 'b'"));
    }

    @Test
    void schemasRefuseWhatTheApiServerWouldDrop() {
        JsonNode misspelt = Chart.yaml("{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {typ: ClusterIP}}");
        assertFalse(SCHEMAS.errors(misspelt).isEmpty());
        if (SCHEMAS.defined().contains("keda.sh/v1alpha1/ScaledObject")) {
            JsonNode scaled = Chart.yaml("""
                    {apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: x},
                     spec: {scaleTargetRef: {name: x}, triggers: [], minReplicas: 1}}""");
            assertFalse(SCHEMAS.errors(scaled).isEmpty());
        }
    }

    @Test
    void runtimeChangesTheImageAndNothingElse() throws IOException {
        String maximal = values("maximal");

        assertEquals(
                List.of(
                        "Deployment/chat-tidegate spec.template.spec.containers.[server].image:"
                                + " \"registry.example.com/tidegate/tidegate-se:9.9\" →"
                                + " \"registry.example.com/tidegate/tidegate-mp:9.9\"",
                        "Pod/chat-tidegate-test spec.containers.[round-trip].image:"
                                + " \"registry.example.com/tidegate/tidegate-se:9.9\" →"
                                + " \"registry.example.com/tidegate/tidegate-mp:9.9\""),
                Chart.render(maximal, "runtime: se").differences(Chart.render(maximal, "runtime: mp")));
    }

    @Test
    void helmFindsNothingToRemark() {
        var lint = Chart.lint();

        assertFalse(lint.isFailed(), () -> String.join("\n", lint.getMessages()));
        assertTrue(
                lint.getMessages().stream().noneMatch(line -> line.contains("WARNING") || line.contains("ERROR")),
                () -> String.join("\n", lint.getMessages()));
    }

    private static Stream<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yaml"))
                    .map(name -> name.substring(0, name.length() - ".yaml".length()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static String values(String name) throws IOException {
        return Files.readString(CASES.resolve(name + ".yaml"));
    }

    private static void assertExpected(String name, String actual) throws IOException {
        Path file = CASES.resolve(name + ".expected");
        if (UPDATE) {
            Files.writeString(file, actual);
        }
        assertEquals(Files.readString(file), actual);
    }
}
