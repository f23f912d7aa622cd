package io.tidegate.rehearsal.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidegate.command.Subcommand;
import io.tidegate.testing.Program;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The short form of the scaling rehearsal; {@code ./tidegate rehearse} is the long one. */
class RehearseIT {
    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path directory;

    /**
     * Two pods, four, four new ones, two. Not judged here is whether the fleet gets even within a minute of the scenario, which is five
     * seconds: too few for a machine that tests.
     */
    @Test
    void aFleetGrowsIsReplacedAndShrinksAndLosesNothing() throws IOException {
        assumeTrue(
                Stream.of("prometheus", "haproxy")
                        .allMatch(program -> Program.find(program).isPresent()),
                "prometheus and haproxy");
        Path page = directory.resolve("page.html");
        List<String> arguments = new ArrayList<>(List.of("--connections", "160", "--base", "40", "--rate", "20"));
        arguments.addAll(List.of("--speed", "12", "--ramp", "1m", "--hold", "1m", "--page", page.toString()));
        arguments.addAll(List.of("--set", "autoscaling.connections.target=40"));
        arguments.addAll(List.of("--set", "autoscaling.messages.enabled=false"));
        // Fewer are not worth the trouble where there are thousands.
        arguments.addAll(List.of("--set", "config.rebalance.minimum=4"));
        arguments.addAll(List.of("--set", "autoscaling.behavior.scaleDown.stabilizationWindowSeconds=240"));
        arguments.addAll(List.of("--set", "podDeletionCost.enabled=true"));
        arguments.add("--rollout");
        StringWriter errors = new StringWriter();
        run(errors, arguments.toArray(String[]::new));
        assertEquals("", errors.toString());
        String seen = Files.readString(page);
        for (String claim : List.of(
                "✓ lost: 0",
                "✓ duplicated: 0",
                "✓ out of order: 0",
                "✓ forced: 0",
                "✓ time to scale: 4 pods",
                "✓ never more than the 4 pods",
                "✓ oscillations: 0",
                "✓ rollout: all pods replaced",
                "✓ moves in the rollout: 1.",
                "✓ back to 2 pods")) {
            assertTrue(seen.contains(claim), () -> claim + " is not in\n" + seen);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--connections,1,--connections and --base: allowed are",
        "--speed,0.5,a speed from 1 to 60",
        "--query,mine,'expected one of [CHART, ARTICLE]'",
        "--ramp,soon,allowed is a duration such as 5s",
        "--runtimes,perl,--runtimes: no"
    })
    void aWrongArgumentIsNamedWithWhatIsAllowed(String option, String value, String message) {
        StringWriter errors = new StringWriter();
        assertEquals(2, run(errors, option, value));
        assertTrue(errors.toString().contains(message), errors.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "--speed=5 --address=ws://localhost:1,--speed: not with --cluster",
        "--no-rebalance --address=ws://localhost:1,--no-rebalance: not with --cluster",
        "--rollout --address=ws://localhost:1,--rollout: not with --cluster",
        "--address=http://localhost,--address: allowed is ws://HOST:PORT",
        "--namespace=chat,--address: allowed is ws://HOST:PORT"
    })
    void onAClusterTheReleaseIsAsItIs(String options, String message) {
        StringWriter errors = new StringWriter();
        assertEquals(2, run(errors, ("--cluster " + options).split(" ", -1)));
        assertTrue(errors.toString().contains(message), errors.toString());
    }

    @Test
    void aValueThatTheChartRefusesIsTold() {
        StringWriter errors = new StringWriter();
        assertEquals(1, run(errors, "--set", "autoscaling.minReplicas=many"));
        assertTrue(errors.toString().contains("the chart does not render"), errors.toString());
    }

    private static int run(StringWriter errors, String... arguments) {
        List<String> all = new ArrayList<>(List.of("rehearse", "--root", ".."));
        all.addAll(List.of(arguments));
        return Subcommand.line(new RehearseCommand())
                .setErr(new PrintWriter(errors, true))
                .execute(all.toArray(String[]::new));
    }
}
