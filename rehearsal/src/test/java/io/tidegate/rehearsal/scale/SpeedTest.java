package io.tidegate.rehearsal.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpeedTest {
    private static final Speed TEN = new Speed(10);

    @ParameterizedTest
    @CsvSource({
        "rate(x[1m]),rate(x[6000ms])",
        "rate(x[1m30s]),rate(x[9000ms])",
        "max_over_time(x[1h:15s]),max_over_time(x[360000ms:1500ms])",
        "max_over_time(x[1h:]),max_over_time(x[360000ms:])",
        "x offset 5m,x offset 30000ms",
        "x[1ms],x[1ms]"
    })
    void rangesStepsAndOffsetsAreDivided(String written, String asked) {
        assertEquals(asked, TEN.query(written));
    }

    @Test
    void whatOnlyLooksLikeARangeIsLeftAlone() {
        String query = "sum(x{pod=~\"chat-[a-z0-9]+-[0-9]+\"}) * 60";
        assertEquals(query, TEN.query(query));
    }

    @Test
    void theScenarioIsLongerThanTheRehearsal() {
        assertEquals(Duration.ofSeconds(12), TEN.real(Duration.ofMinutes(2)));
        assertEquals(Duration.ofMinutes(2), TEN.scenario(Duration.ofSeconds(12)));
    }
}
