package io.tidegate.rehearsal.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.rehearsal.load.LoadProfile.Step;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadProfileTest {

    @Test
    void stepsHaveATimeANumberAndMaybeARate() {
        LoadProfile loadProfile = LoadProfile.parse("0s:100, 30s:10000@1000/s, 1m30s:100", 500);
        assertEquals(
                List.of(
                        new Step(Duration.ZERO, 100, 500),
                        new Step(Duration.ofSeconds(30), 10_000, 1_000),
                        new Step(Duration.ofSeconds(90), 100, 500)),
                loadProfile.steps());
        assertEquals(10_000, loadProfile.peak());
    }

    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "100, 100",
        "30s:many, 30s:many",
        "soon:5, soon",
        "-3s:5, -3s",
        "'0s:5,', ''",
        "0s:5@0/s, 0s:5@0/s",
        "0s:5@9, 0s:5@9"
    })
    void whatIsNoStepIsNamedWithWhatIsAllowed(String text, String named) {
        String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> LoadProfile.parse(text, 500))
                .getMessage());
        assertTrue(message.startsWith("'" + named + "'"), message);
        assertTrue(message.contains("allowed are steps TIME:CONNECTIONS"), message);
    }

    @Test
    void stepsAreInTheOrderOfTime() {
        String message =
                String.valueOf(assertThrows(IllegalArgumentException.class, () -> LoadProfile.parse("9s:1,9s:2", 500))
                        .getMessage());
        assertTrue(message.startsWith("a step at 9s behind one at 9s"), message);
    }
}
