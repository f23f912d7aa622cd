package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SlotsTest {
    @Test
    void slotsAreThoseOfTheSpecification() {
        assertEquals(0x31C3, Slots.of("123456789"));
        assertEquals(12_182, Slots.of("foo"));
        assertEquals(5_061, Slots.of("bar"));
    }

    @Test
    void aTagLiesInTheSlotOfWhatItStandsFor() {
        for (int i = 0; i < 20_000; i++) {
            String tag = Slots.tag(Slots.of("topic-" + i));
            assertEquals(Slots.of("topic-" + i), Slots.of(tag));
            assertTrue(tag.matches("[0-9a-z]{1,4}"), tag);
        }
    }
}
