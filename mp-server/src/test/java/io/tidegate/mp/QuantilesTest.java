package io.tidegate.mp;

import io.helidon.metrics.api.MetricsFactory;
import io.helidon.microprofile.server.ServerCdiExtension;
import io.helidon.microprofile.testing.AddConfigSource;
import io.helidon.microprofile.testing.junit5.HelidonTest;
import io.tidegate.helidon.HelidonMeters;
import io.tidegate.helidon.Listeners;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.Quantiles;
import jakarta.inject.Inject;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@HelidonTest
class QuantilesTest {
    @Inject
    private @Nullable ServerCdiExtension server;

    @AddConfigSource
    static ConfigSource listeners() {
        Map<String, String> anyPort = Map.of("tidegate.port", "0", "tidegate.management.port", "0");
        return new ListenerConfigSource(SettingsReader.read(anyPort, Map.of()));
    }

    @Test
    void prometheusComputesTheQuantilesOfKnownDurations() {
        if (server == null) {
            throw new AssertionError("nothing injected");
        }
        // The second to bind a name has the meter of the first: the server's own.
        try (HelidonMeters meters =
                new HelidonMeters(MetricsFactory.getInstance().globalRegistry())) {
            Quantiles.assertBothAreTold(meters, server.port(Listeners.MANAGEMENT));
        }
    }
}
