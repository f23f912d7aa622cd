package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
class RosterTest {
    private final int loops;

    RosterTest(int loops) {
        this.loops = loops;
    }

    @Test
    void anOrderThatComesLateSparesWhoWasLetInSince() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
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
