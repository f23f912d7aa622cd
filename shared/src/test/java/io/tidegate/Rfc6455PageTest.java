package io.tidegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.JavaSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/rfc6455.md} to the tests: each rule of the RFC names one, and each name is one. */
final class Rfc6455PageTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs").resolve("rfc6455.md");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+)\\.(\\w+)`");
    private static final Pattern RULE = Pattern.compile("\\| \\d.* \\|");
    private static final String DOES_NOT_APPLY = "does not apply: ";

    @Test
    void eachRuleNamesATestOrSaysWhyItDoesNotApply() throws IOException {
        List<String> rules = rules();
        assertTrue(rules.size() > 40, () -> rules.size() + " rules");
        List<String> open = rules.stream()
                .filter(rule -> !rule.contains(DOES_NOT_APPLY)
                        && !TEST.matcher(lastCell(rule)).find())
                .toList();
        assertEquals(List.of(), open);
    }

    @Test
    void eachTestOnThePageIsInTheSources() throws IOException {
        Map<String, String> sources = JavaSources.below(List.of(ROOT.resolve("shared/src/test/java")));
        List<String> unknown = rules().stream()
                .flatMap(rule -> TEST.matcher(rule).results())
                .filter(name -> !isTest(sources.getOrDefault(name.group(1), ""), name.group(2)))
                .map(name -> name.group())
                .toList();
        assertEquals(List.of(), unknown);
    }

    private static List<String> rules() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> RULE.matcher(line).matches())
                .toList();
    }

    private static String lastCell(String rule) {
        String[] cells = rule.split("\\|");
        return cells[cells.length - 1];
    }

    /** Helpers are private, or return something. */
    private static boolean isTest(String source, String method) {
        return Pattern.compile("(?m)^    void " + method + "\\(")
                .matcher(source)
                .find();
    }
}
