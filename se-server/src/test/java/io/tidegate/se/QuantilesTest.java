package io.tidegate.se;

import io.helidon.metrics.api.MetricsFactory;
import io.tidegate.helidon.HelidonMeters;
import io.tidegate.node.CannotListenException;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.Quantiles;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuantilesTest {
    @Test
    void prometheusComputesTheQuantilesOfKnownDurations() throws CannotListenException {
        SeServer server = new SeServer(SettingsReader.read(
                Map.of("tidegate.port", "0", "tidegate.management.port", "0", "tidegate.host", "127.0.0.1"), Map.of()));
        // The second to bind a name has the meter of the first: the server's own.
        try (HelidonMeters meters =
                new HelidonMeters(MetricsFactory.getInstance().globalRegistry())) {
            server.start();
            Quantiles.assertBothAreTold(meters, server.managementPort());
        } finally {
            server.close();
        }
    }
}
