package io.tidegate.rehearsal.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShortSettingsTest {
    private static final Map<String, String> RENDERED = Map.of(
            "tidegate.drain.notice",
            "5s",
            "tidegate.drain.window",
            "20s",
            "tidegate.drain.timeout",
            "30s",
            "tidegate.idle",
            "90s");

    @Test
    void waitingIsDividedAndTheHandOverIsNot() {
        Map<String, String> settings = ShortSettings.of(RENDERED, new Speed(10), true);
        assertEquals("500ms", settings.get("tidegate.drain.notice"));
        assertEquals("2000ms", settings.get("tidegate.drain.window"));
        assertEquals("10500ms", settings.get("tidegate.drain.timeout"));
        assertEquals("90s", settings.get("tidegate.idle"));
    }

    @Test
    void aShareASecondIsMultiplied() {
        Map<String, String> settings = ShortSettings.of(RENDERED, new Speed(10), true);
        assertEquals("0.500", settings.get("tidegate.rebalance.share"));
        assertEquals("200ms", settings.get("tidegate.rebalance.interval"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1.1, 3, 7, 12, 19.9})
    void atAnySpeedTheServersCanReadTheShare(double speed) {
        String share = ShortSettings.of(RENDERED, new Speed(speed), true).getOrDefault("tidegate.rebalance.share", "");
        assertEquals(Math.min(1, 0.05 * speed), Double.parseDouble(share), 0.0006);
        assertTrue(share.matches("[0-9]{1,9}[.][0-9]{1,9}"), share);
    }

    @Test
    void nothingGoesBeyondWhatTheServersAllow() {
        Map<String, String> settings = ShortSettings.of(RENDERED, new Speed(60), false);
        assertEquals("1.000", settings.get("tidegate.rebalance.share"));
        assertEquals("100ms", settings.get("tidegate.rebalance.interval"));
        assertEquals("false", settings.get("tidegate.rebalance.enabled"));
    }
}
