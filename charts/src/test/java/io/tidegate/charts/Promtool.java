package io.tidegate.charts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidegate.testing.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Prometheus's own checker, where it is installed; a test that needs it is left out without it. */
final class Promtool {
    private Promtool() {}

    /** Runs it and requires that it finds nothing. */
    static void pass(Path folder, String... arguments) throws IOException, InterruptedException {
        assumeTrue(Program.find("promtool").isPresent(), "left out: promtool is not installed");
        Process process = new ProcessBuilder(Stream.concat(Stream.of("promtool"), Stream.of(arguments))
                        .toList())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, process.waitFor(), output);
    }

    /** Lets Prometheus parse queries, all at once. */
    static void parse(Path folder, List<String> queries) throws IOException, InterruptedException {
        StringBuilder rules = new StringBuilder("groups:\n- name: queries\n  rules:\n");
        for (int i = 0; i < queries.size(); i++) {
            rules.append("  - record: query:%d\n    expr: %s\n"
                    .formatted(i, Chart.YAML.writeValueAsString(queries.get(i)).strip()));
        }
        Files.writeString(folder.resolve("queries.yaml"), rules);
        pass(folder, "check", "rules", "queries.yaml");
    }
}
