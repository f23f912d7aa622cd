package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HistoryPaceTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int PAGE = 256 << 10;

    @Test
    void whoComesBackHasMuchAtOnceAndThenSoMuchASecond() {
        HistoryPace pace = new HistoryPace(1 << 20, Long.MAX_VALUE - SECOND);
        assertEquals(16 << 20, read(pace, Long.MAX_VALUE - SECOND), (double) PAGE);
        assertEquals(1 << 20, read(pace, Long.MAX_VALUE), (double) PAGE);
        assertEquals(10 << 20, read(pace, Long.MAX_VALUE + 10 * SECOND), (double) PAGE);
    }

    @Test
    void whatWasNotReadForLongIsNoMoreThanTheMuchAtOnce() {
        HistoryPace pace = new HistoryPace(1 << 20, 0);
        assertTrue(read(pace, 0) > 0);
        assertEquals(16 << 20, read(pace, 3_600 * SECOND), (double) PAGE);
    }

    private static int read(HistoryPace pace, long nanoTime) {
        int bytes = 0;
        while (pace.mayRead(nanoTime)) {
            pace.read(PAGE, nanoTime);
            bytes += PAGE;
        }
        return bytes;
    }
}
