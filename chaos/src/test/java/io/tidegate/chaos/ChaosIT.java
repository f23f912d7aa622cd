package io.tidegate.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.command.Subcommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The short form of the chaos suite; {@code ./tidegate chaos} is the long one. */
class ChaosIT {

    @Test
    void nothingIsLostDoubledOrReorderedUnderFaults() {
        List<String> arguments = new ArrayList<>(List.of("--root", "..", "--minutes", "0.3", "--fault-every", "3s"));
        arguments.addAll(List.of("--clients", "60", "--plain-clients", "6", "--rate", "40"));
        // Without replace_all, which alone takes as long as all of this.
        arguments.addAll(List.of("--faults", "kill_pod,terminate_pod,kill_redis,stop_redis,cut_link,silence_link"));
        assertEquals(0, run(new StringWriter(), arguments.toArray(String[]::new)));
    }

    /** No connection may end for its token, and nobody may ask for more than one in a hand-over, or there are complaints. */
    @Test
    void norWhereServersAskForTokensThatEnd() {
        List<String> arguments = new ArrayList<>(List.of("--closed", "--root", "..", "--minutes", "0.3"));
        arguments.addAll(List.of("--fault-every", "4s", "--faults", "kill_pod,terminate_pod,cut_link"));
        arguments.addAll(List.of("--clients", "60", "--plain-clients", "6", "--rate", "40"));
        assertEquals(0, run(new StringWriter(), arguments.toArray(String[]::new)));
    }

    /** Of four servers two leave: who watches is told of nobody, the API lists everybody, and Redis has little to do. */
    @Test
    void nobodyIsSeenToLeaveOrComeInAScaleDown() {
        List<String> arguments = new ArrayList<>(List.of("--scenario", "shrink", "--root", ".."));
        arguments.addAll(List.of("--users", "400", "--watchers", "12"));
        arguments.addAll(List.of("--plain-clients", "2"));
        arguments.addAll(List.of("--set", "tidegate.drain.notice=1s", "--set", "tidegate.drain.window=4s"));
        assertEquals(0, run(new StringWriter(), arguments.toArray(String[]::new)));
    }

    @ParameterizedTest
    @CsvSource({
        "--runtimes,perl,--runtimes: no",
        "--fault-every,soon,allowed is a duration such as 5s",
        "--faults,rain,'expected one of [KILL_POD, '",
        "--clients,1,allowed are 2 clients",
        "--watchers,0,allowed are 1 or more",
        "--wind,9,Unknown option"
    })
    void aWrongArgumentIsNamedWithWhatIsAllowed(String option, String value, String message) {
        StringWriter errors = new StringWriter();
        assertEquals(2, run(errors, "--root", "..", option, value));
        assertTrue(errors.toString().contains(message), errors.toString());
    }

    private static int run(StringWriter errors, String... arguments) {
        List<String> all = new ArrayList<>(List.of("chaos"));
        all.addAll(List.of(arguments));
        return Subcommand.line(new ChaosCommand())
                .setErr(new PrintWriter(errors))
                .execute(all.toArray(String[]::new));
    }
}
