package io.tidegate.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Settings made by hand are held to the same ranges and relations. */
final class SettingsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void valuesOutOfRangeAreRefused() {
        refused("tidegate.port must be a whole number from 0 to 65535", () -> server(-1, 1, "a"));
        refused(
                "tidegate.node must be empty or 1 to 253 letters, digits, dots, dashes or underscores",
                () -> server(1, 2, ""));
        refused(
                "tidegate.limits.message must be a size from 1 to 64MiB",
                () -> new Settings.Limits(1, Optional.empty(), 0, 0, 0, 0, 0, 1024, 1 << 20, 1, Optional.empty()));
        refused(
                "tidegate.history.ttl must be a duration from 100ms to 720h",
                () -> new Settings.History(1, Duration.ZERO, 1024, Optional.empty()));
    }

    @Test
    void valuesThatDoNotGoTogetherAreRefused() {
        refused("the two ports must differ", () -> server(1, 1, "a"));
        refused(
                "idle must be more than heartbeat",
                () -> new Settings.Peers(SECOND, SECOND, Origins.ANY, Proxies.NONE));
        refused(
                "a message must fit the queue",
                () -> new Settings.Limits(1, Optional.empty(), 0, 0, 0, 1025, 0, 1024, 1 << 20, 1, Optional.empty()));
        refused(
                "notice and window must fit the timeout",
                () -> new Settings.Drain(SECOND, SECOND, Duration.ofSeconds(2)));
        refused("either URLs or a configuration file", () -> relay("redis://a:6379", "redisson.yaml"));
        refused("the URLs must not contain credentials", () -> relay("redis://a:b@c:6379", ""));
    }

    private static Settings.Server server(int port, int managementPort, String node) {
        return new Settings.Server("localhost", port, managementPort, "", node, Optional.empty());
    }

    private static Settings.Relay relay(String url, String config) {
        return new Settings.Relay(
                List.of(URI.create(url)),
                config,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "tidegate",
                Sharding.NONE,
                SECOND);
    }

    private static void refused(String message, Executable making) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, making).getMessage());
    }
}
