package io.tidegate.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.LogManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final Duration TIME = Duration.ofSeconds(60);

    /** Seeds whose fault is known and not mended yet: docs/simulation.md. */
    private static final Set<Long> KNOWN = Set.of();

    /** Redis came back as a replica that was behind, and the next publish got the position of a lost message. */
    private static final long COUNT_WENT_BACK = 2_000_058;

    /** Right and rare: whether they come is chance. */
    private static final Set<String> RARE = Set.of("closed with 1011", "handshake refused");

    @BeforeAll
    static void quiet() {
        LogManager.getLogManager().reset();
    }

    @Test
    void aSeedIsAlwaysTheSame() {
        for (long seed = 1; seed <= 5; seed++) {
            Scenario scenario = Scenario.of(seed);

            List<String> once = Simulation.run(scenario, true).trace();
            List<String> again = Simulation.run(scenario, true).trace();

            assertFalse(once.isEmpty());
            assertEquals(once, again, "seed " + seed);
        }
    }

    @Test
    void noPositionIsGivenTwiceThroughANodeThatKnowsThatTheCountWentBack() {
        assertNull(Simulation.run(Scenario.of(COUNT_WENT_BACK), false).violation());
    }

    @Test
    void traceNamesNoIdentities() {
        assertTrue(Simulation.run(Scenario.of(1), true).trace().stream()
                .noneMatch(line -> line.matches(".*\\w@[0-9a-f]{5,8}\\b.*")));
    }

    @Test
    void whatWasLeftOutStaysOutWhenItIsRunAgain() {
        Scenario smaller = Scenario.of(17).with(1, 1, 0, 0, 4).with(Set.of(Fault.KILL_POD));

        assertTrue(smaller.command().startsWith("./tidegate simulate --seed 17 "));
        assertTrue(smaller.command().endsWith(" --seconds 4 --faults KILL_POD"), smaller.command());
    }

    @Test
    void promisesAreKeptWhateverTheOrderAndTheFaults() throws InterruptedException {
        // Below 1,000,000,000 so that a command with one is short. Not drawn, as it is to be again: seed 9000171 shows
        // a gap
        // without a word in the Java client, which is not mended yet.
        long first = 2_000_000;
        System.out.println("From seed " + first + " on");
        List<String> told = new ArrayList<>();
        int threads = Runtime.getRuntime().availableProcessors();

        Campaign.Result result = new Campaign(first, Long.MAX_VALUE, TIME.toNanos(), threads, KNOWN).run(told::add);

        Scenario failed = result.failed();
        if (failed != null) {
            Scenario smaller = Shrinker.shrink(failed);
            fail(told + ", again: " + failed.command() + "; smaller: " + smaller.command());
        }
        List<String> missing = new ArrayList<>(Coverage.missing(result.coverage()));
        missing.removeAll(RARE);
        assertEquals(List.of(), missing, "never happened in " + result.seeds() + " seeds from " + first + " on");
    }
}
