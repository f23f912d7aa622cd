package io.tidegate.se;

import io.tidegate.node.CannotListenException;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.BusyCarriers;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** In the test's own process, whose carriers can be kept busy; with a request's usual time, since all else then waits, too. */
class BusyServerTest {

    @Test
    void managementIsAnsweredWhileEveryCarrierIsBusy() throws CannotListenException, InterruptedException {
        SeServer server = new SeServer(
                SettingsReader.read(Map.of("tidegate.port", "0", "tidegate.management.port", "0"), Map.of()));
        server.start();
        try {
            BusyCarriers.assertManagementAnswers(server.managementPort());
        } finally {
            server.close();
        }
    }
}
