package io.tidegate.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DescriptorsTest {
    private final Settings.Limits defaults = limits(Map.of());

    @Test
    void connectionsLeaveAReserve() {
        assertEquals(1_048_576 - 512, Descriptors.sockets(defaults, 1_048_576));
        assertEquals(512, Descriptors.sockets(defaults, 1024));
        assertEquals(100, Descriptors.sockets(defaults, 200));
        assertEquals(Integer.MAX_VALUE, Descriptors.sockets(defaults, Long.MAX_VALUE));
    }

    @Test
    void aBoundOfOnesOwnCountsWhereItFits() {
        Settings.Limits own = limits(Map.of("tidegate.limits.sockets", "600"));
        assertEquals(600, Descriptors.sockets(own, 20_000));
        assertEquals(512, Descriptors.sockets(own, 1024));
    }

    @Test
    void whatDoesNotFitIsNamedWithWhatDoes() {
        assertEquals(Optional.empty(), Descriptors.problem(defaults, 20_000));
        assertEquals(
                Optional.of("tidegate.limits.connections=10000 is too high: this process may open 1024 descriptors"
                        + " (ulimit -n), enough for 512 TCP connections; further ones are closed at once"),
                Descriptors.problem(defaults, 1024));
        assertEquals(
                Optional.of("tidegate.limits.sockets=600 is too high: this process may open 1024 descriptors"
                        + " (ulimit -n), enough for 512 TCP connections; further ones are closed at once"),
                Descriptors.problem(
                        limits(Map.of("tidegate.limits.sockets", "600", "tidegate.limits.connections", "600")), 1024));
    }

    private static Settings.Limits limits(Map<String, String> values) {
        return SettingsReader.read(values, Map.of()).limits();
    }
}
