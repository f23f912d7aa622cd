package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RosterTest {
    @Test
    void anOrderThatComesLateSparesWhoWasLetInSince() throws InterruptedException {
        try (HubFixture fixture = new HubFixture()) {
            Client before = fixture.connectAs("ann");
            long at = fixture.clock.epochMillis();
            fixture.pass(Duration.ofSeconds(6));
            Client after = fixture.connectAs("ann");
            fixture.hub.roster().throwOutUser("ann", at);
            assertTrue(before.connection().closing());
            assertFalse(after.connection().closing());
        }
    }
}
