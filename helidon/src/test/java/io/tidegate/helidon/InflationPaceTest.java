package io.tidegate.helidon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InflationPaceTest {
    private static final long MEBIBYTE = 1 << 20;

    /** At 64 MiB a second. */
    private static final long NANOS = 15_625_000;

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE);
    private final InflationPace pace = new InflationPace(now::get);

    @Test
    void whoComesFirstDoesNotWait() {
        assertEquals(0, pace.take(MEBIBYTE));
    }

    @Test
    void theOthersWaitForAllWhoCameBefore() {
        pace.take(MEBIBYTE);
        assertEquals(NANOS, pace.take(2 * MEBIBYTE));
        assertEquals(3 * NANOS, pace.take(MEBIBYTE));
        now.addAndGet(NANOS);
        assertEquals(3 * NANOS, pace.take(MEBIBYTE));
    }

    @Test
    void timeInWhichNobodyInflatesIsNotSaved() {
        pace.take(MEBIBYTE);
        now.addAndGet(1_000 * NANOS);
        assertEquals(0, pace.take(MEBIBYTE));
        assertEquals(NANOS, pace.take(MEBIBYTE));
    }
}
