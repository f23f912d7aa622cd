package io.tidegate.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class FuzzTest {
    private static final Path KEPT = Fuzzing.KEPT;

    /** The time limit of one input; some inputs once took forever. */
    private static final Duration AT_MOST = Duration.ofSeconds(30);

    /** A minute in all, including the starts, with two targets at once. */
    private static final Duration EACH = Duration.ofSeconds(6);

    @TestFactory
    Stream<DynamicTest> everyInputThatIsKeptKeepsThePromise() {
        return Target.ALL.stream()
                .flatMap(target -> kept(target)
                        .map(input -> dynamicTest(
                                target.title() + ": " + input.getFileName(),
                                () -> assertTimeoutPreemptively(
                                        AT_MOST, () -> target.test().accept(Files.readAllBytes(input))))));
    }

    @Test
    void everyFolderOfInputsIsOfATarget() throws IOException {
        try (Stream<Path> folders = Files.list(KEPT)) {
            Set<String> names = folders.map(folder -> folder.getFileName().toString())
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(Target.ALL.stream().map(Target::title).collect(Collectors.toCollection(TreeSet::new)), names);
        }
    }

    @Test
    void promisesAreKeptWhereverJazzerComes(@TempDir Path work) throws Exception {
        List<Fuzzing> all =
                Target.ALL.stream().map(target -> target.fuzzing(KEPT, work)).toList();

        List<Fuzzing.Outcome> outcomes = Campaign.run(all, EACH, 2, System.out::println);

        List<Fuzzing.Outcome> failed = outcomes.stream()
                .filter(outcome -> outcome.failed().isPresent())
                .toList();
        assertEquals(List.of(), failed);
        // A target that reaches no code of the product would find nothing. The number of tried inputs depends on the
        // machine.
        outcomes.forEach(outcome -> assertTrue(outcome.edges() > 10, outcome::toString));
    }

    @Test
    void whatIsBrokenOnPurposeIsFoundAndShown(@TempDir Path work) throws Exception {
        Fuzzing broken = new Fuzzing("broken", BrokenTarget.class, work.resolve("none"), work.resolve("broken"));

        Fuzzing.Outcome outcome = broken.run(Duration.ofSeconds(60));

        byte[] input = outcome.failed().orElseThrow(() -> new AssertionError(outcome));
        assertTrue(new String(input, UTF_8).startsWith("tidegate"), outcome::toString);
        assertTrue(
                outcome.toString().contains("java.lang.IllegalStateException: broken on purpose"), outcome::toString);
        assertTrue(outcome.toString().contains("hex:    7469646567617465"), outcome::toString);
        assertFalse(outcome.toString().contains("recommended dictionary"), outcome::toString);
    }

    private static Stream<Path> kept(Target target) {
        try (Stream<Path> files = Files.list(KEPT.resolve(target.title()))) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException("every target has inputs that are kept", e);
        }
    }
}
