package io.tidegate.rehearsal.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

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
        assertEquals("0.5", settings.get("tidegate.rebalance.share"));
        assertEquals("200ms", settings.get("tidegate.rebalance.interval"));
    }

    @Test
    void nothingGoesBeyondWhatTheServersAllow() {
        Map<String, String> settings = ShortSettings.of(RENDERED, new Speed(60), false);
        assertEquals("1.0", settings.get("tidegate.rebalance.share"));
        assertEquals("100ms", settings.get("tidegate.rebalance.interval"));
        assertEquals("false", settings.get("tidegate.rebalance.enabled"));
    }
}
