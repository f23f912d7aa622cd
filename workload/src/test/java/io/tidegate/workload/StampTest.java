package io.tidegate.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.check.Payload;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StampTest {

    @Test
    void itsTextSaysAllOfItInTheSizeAskedFor() {
        Stamp stamp = new Stamp(new Payload(7, 123), -42);
        assertEquals(64, stamp.text(64).length());
        assertEquals(Optional.of(stamp), Stamp.of(stamp.text(64)));
        assertEquals(Optional.of(stamp), Stamp.of(stamp.text(0)));
        assertEquals(Optional.of(stamp), Stamp.ofJson("\"" + stamp.text(64) + "\""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "1:2",
                "1:2:3",
                "::::",
                "a:b:c:",
                "1:2:x:",
                "12345678901:2:3:",
                "{\"type\":\"heartbeat\"}"
            })
    void otherTextIsNone(String text) {
        assertTrue(Stamp.of(text).isEmpty());
    }
}
