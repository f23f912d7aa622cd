package io.tidegate.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class DrainPlanTest {
    private static final Duration NOTICE = Duration.ofSeconds(5);

    @RepeatedTest(200)
    void closesStayInTheWindowAndNoTenthOfItIsCrowded(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int connections = 20 + random.nextInt(3_000);
        long notice = random.nextInt(10_000);
        long window = 1_000L + random.nextInt(60_000);
        long[] slots = DrainPlan.slots(connections, Duration.ofMillis(notice), Duration.ofMillis(window), random);

        assertEquals(connections, slots.length);
        int[] tenths = new int[10];
        for (long slot : slots) {
            assertTrue(slot >= notice && slot < notice + window, () -> slot + " outside of the window");
            tenths[(int) ((slot - notice) * 10 / window)]++;
        }
        int most = Arrays.stream(tenths).max().orElseThrow();
        assertTrue(most <= Math.ceil(connections * 0.15), () -> Arrays.toString(tenths));
    }

    @Test
    void aWindowOfNothingClosesEverybodyAtTheNotice() {
        assertEquals("[5000, 5000, 5000]", Arrays.toString(DrainPlan.slots(3, NOTICE, Duration.ZERO, new Random(1))));
    }

    @Test
    void nobodyNeedsNoSlot() {
        assertEquals(0, DrainPlan.slots(0, NOTICE, Duration.ofSeconds(20), new Random(1)).length);
    }
}
