package io.tidegate.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final long SECOND = 1_000_000_000;
    private static final long NOW = -5 * SECOND;

    private final Schedule schedule = new Schedule();

    @Test
    void momentsAreSetByTheRateHoweverLateTheyAreTaken() {
        schedule.rate(4, NOW);
        assertEquals(NOW + SECOND / 4, schedule.due());
        schedule.taken();
        schedule.taken();
        schedule.taken();
        assertEquals(NOW + SECOND, schedule.due());
    }

    @Test
    void momentsDoNotDriftOverAnHour() {
        schedule.rate(333, NOW);
        for (int i = 0; i < 333 * 3_600 - 1; i++) {
            schedule.taken();
        }
        assertEquals(NOW + 3_600 * SECOND, schedule.due());
    }

    @Test
    void aNewRateBeginsAnew() {
        schedule.rate(1_000, NOW);
        schedule.taken();
        schedule.rate(2, NOW + SECOND);
        assertEquals(NOW + SECOND + SECOND / 2, schedule.due());
    }

    @Test
    void atRateNoneThereIsNothing() {
        assertFalse(schedule.runs());
        schedule.rate(1, NOW);
        schedule.rate(0, NOW);
        assertFalse(schedule.runs());
        assertThrows(IllegalArgumentException.class, () -> schedule.rate(-1, NOW));
    }
}
