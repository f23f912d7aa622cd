package io.tidegate.rehearsal.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessLimitsTest {

    @Test
    void whatFitsIsNotRefused() {
        assertEquals(Optional.empty(), new ProcessLimits(20_000, 28_232).refusal(10_000, 1));
        assertEquals(Optional.empty(), new ProcessLimits(100_000, 28_232).refusal(50_000, 2));
        assertEquals(Optional.empty(), new ProcessLimits(Long.MAX_VALUE, Long.MAX_VALUE).refusal(50_000, 2));
    }

    @Test
    void tooFewOpenFilesAreNamed() {
        String refusal = new ProcessLimits(1_024, 28_232).refusal(1_000, 1).orElseThrow();
        assertTrue(refusal.contains("the limit is 1024") && refusal.contains("ulimit -n"), refusal);
    }

    @Test
    void tooFewPortsForEachTargetAreNamed() {
        String refusal = new ProcessLimits(100_000, 28_232).refusal(50_000, 1).orElseThrow();
        assertTrue(refusal.contains("there are 28232 for each of 1 targets"), refusal);
    }
}
