package io.tidegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.JavaSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/architecture.md} to the code: what it names is there, and each package of the core is on it. */
final class ArchitecturePageTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs").resolve("architecture.md");
    private static final List<String> SOURCES = List.of(
            "shared/src/main/java",
            "shared/src/test/java",
            "helidon/src/main/java",
            "se-server/src/main/java",
            "mp-server/src/main/java");

    /** A class, or a class and a member of it, in backticks. */
    private static final Pattern QUOTED = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)(?:\\.(\\w+))?`");

    /** A class in a picture: of two words at least, since a picture has other words, too. Not an annotation, nor a member. */
    private static final Pattern DRAWN = Pattern.compile("(?<![@.\\w])[A-Z][a-z]+(?:[A-Z][a-z]+)+\\b");

    private static final Pattern THREAD = Pattern.compile("`tidegate-([a-z-]+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)\\)");
    private static final Pattern FILE = Pattern.compile("`([a-z-]+/[\\w/.-]+)`");

    @Test
    void classesAndMembersOnThePageAreInTheCode() throws IOException {
        Map<String, String> sources = sources();
        Set<String> unknown = new TreeSet<>();
        found(QUOTED).forEach(name -> {
            String source = sources.get(name.group(1));
            String member = name.group(2);
            if (source == null || (member != null && !declares(source, member))) {
                unknown.add(name.group());
            }
        });
        found(DRAWN).filter(name -> !sources.containsKey(name.group())).forEach(name -> unknown.add(name.group()));

        assertEquals(Set.of(), unknown);
    }

    @Test
    void threadsOnThePageAreStartedByTheCode() throws IOException {
        String sources = String.join("\n", sources().values());
        // A loop's thread has the name of its owner behind the common beginning.
        List<String> unknown = found(THREAD)
                .map(thread -> thread.group(1))
                .filter(name -> !sources.contains("\"tidegate-" + name) && !sources.contains("\"" + name + "\""))
                .toList();

        assertEquals(List.of(), unknown);
    }

    @Test
    void filesAndLinksOnThePageLeadSomewhere() throws IOException {
        Path docs = ROOT.resolve("docs");
        Stream<Path> paths = Stream.concat(
                found(LINK).map(link -> docs.resolve(link.group(1))),
                found(FILE).map(file -> ROOT.resolve(file.group(1))));

        assertEquals(List.of(), paths.filter(path -> !Files.exists(path)).toList());
    }

    @Test
    void everyPackageOfTheCoreIsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        try (Stream<Path> packages = Files.list(ROOT.resolve("shared/src/main/java/io/tidegate"))) {
            List<String> missing = packages.map(path -> path.getFileName().toString())
                    .filter(name -> !page.contains("`" + name + "`"))
                    .toList();

            assertEquals(List.of(), missing);
        }
    }

    private static Stream<MatchResult> found(Pattern pattern) throws IOException {
        List<MatchResult> found =
                pattern.matcher(Files.readString(PAGE)).results().toList();
        assertTrue(!found.isEmpty(), "nothing on the page looks like " + pattern);
        return found.stream();
    }

    /** The texts of all classes of a name, by their simple names. */
    private static Map<String, String> sources() {
        return JavaSources.below(SOURCES.stream().map(ROOT::resolve).toList());
    }

    /** A type within it, or a method, before whose name stands a type. */
    private static boolean declares(String source, String member) {
        return Pattern.compile("\\b(?:record|class|interface|enum) " + member + "\\b|[\\w>\\]](?<!return|new) " + member
                        + "\\(")
                .matcher(source)
                .find();
    }
}
