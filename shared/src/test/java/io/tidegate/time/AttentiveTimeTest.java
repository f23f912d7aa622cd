package io.tidegate.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AttentiveTimeTest {
    private final AttentiveTime time = new AttentiveTime(1_000, 250);

    @Test
    void goesAsTheClockDoesWhileSomebodyLooks() {
        assertEquals(0, time.advance(1_000));
        assertEquals(50, time.advance(1_050));
        assertEquals(300, time.advance(1_300));
    }

    @Test
    void aLookThatComesLateCountsForLittle() {
        assertEquals(250, time.advance(1_000_000));
        assertEquals(260, time.advance(1_000_010));
    }

    @Test
    void neverGoesBack() {
        assertEquals(100, time.advance(1_100));
        assertEquals(100, time.advance(900));
        assertEquals(110, time.advance(1_110));
    }

    @Test
    void isNotDisturbedByAClockThatOverflows() {
        AttentiveTime late = new AttentiveTime(Long.MAX_VALUE - 10, 250);
        assertEquals(50, late.advance(Long.MIN_VALUE + 39));
    }
}
