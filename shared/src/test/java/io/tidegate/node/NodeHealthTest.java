package io.tidegate.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.relay.RelayStatus;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodeHealthTest {
    private final ManualClock clock = new ManualClock();
    private RelayStatus relay = new RelayStatus.Up();
    private boolean draining;
    private final NodeHealth health = new NodeHealth(Duration.ofSeconds(10), clock, () -> relay, () -> draining);

    @Test
    void itIsNotReadyBeforeItListens() {
        assertEquals(Optional.of("starting"), health.notReady());
        assertEquals(Optional.of("starting"), health.notStarted());
        health.listening();
        assertEquals(Optional.empty(), health.notReady());
        assertEquals(Optional.empty(), health.notStarted());
    }

    @Test
    void aDrainMakesItUnready() {
        health.listening();
        draining = true;
        assertEquals(Optional.of("draining"), health.notReady());
        assertEquals(Optional.empty(), health.notLive());
    }

    @Test
    void anOutageHasItsGraceAndThenItsReason() {
        health.listening();
        health.ticked();
        relay = new RelayStatus.Down(clock.nanoTime(), "connection refused");
        clock.advance(Duration.ofSeconds(10));
        assertEquals(Optional.empty(), health.notReady());
        clock.advance(Duration.ofMillis(1));
        assertEquals(Optional.of("relay down: connection refused"), health.notReady());
        relay = new RelayStatus.Up();
        assertEquals(Optional.empty(), health.notReady());
    }

    @Test
    void aRelayThatWasNeverThereHasNoGrace() {
        relay = new RelayStatus.Down(clock.nanoTime(), "connection refused");
        health.listening();
        assertEquals(Optional.of("relay down: connection refused"), health.notReady());
    }

    @Test
    void theRelayNeverKillsIt() {
        health.listening();
        relay = new RelayStatus.Down(clock.nanoTime(), "gone");
        for (int i = 0; i < 100; i++) {
            clock.advance(Duration.ofSeconds(10));
            health.ticked();
            assertEquals(Optional.empty(), health.notLive());
        }
    }

    @Test
    void aNodeWhoseClockworkStandsStillIsNotLive() {
        clock.advance(Duration.ofSeconds(31));
        assertEquals(Optional.of("stuck"), health.notLive());
    }
}
