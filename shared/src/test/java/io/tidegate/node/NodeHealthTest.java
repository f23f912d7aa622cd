package io.tidegate.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.owner.Owner;
import io.tidegate.relay.RelayStatus;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodeHealthTest {
    private final ManualClock clock = new ManualClock();
    private RelayStatus relay = new RelayStatus.Up();
    private boolean draining;
    private Optional<String> access = Optional.empty();
    private final NodeHealth health =
            new NodeHealth(Duration.ofSeconds(10), clock, () -> relay, () -> draining, () -> access);

    private final StillOwner owner = new StillOwner();

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
    void aListenerThatHasEndedIsNotLiveAndIsNamed() {
        boolean[] accepts = {true, true};
        health.listening();
        health.watch("management", () -> accepts[0]);
        health.watch("api", () -> accepts[1]);
        assertEquals(Optional.empty(), health.notLive());
        accepts[1] = false;
        assertEquals(Optional.of("does not accept: api"), health.notLive());
        assertEquals(Optional.empty(), health.notReady());
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
        assertEquals(Optional.empty(), health.notLive(), "it may only have been stopped, and go on now");
        clock.advance(Duration.ofSeconds(1));
        assertEquals(Optional.of("stuck"), health.notLive());
    }

    @Test
    void aProcessThatWasStoppedIsLiveWhenItGoesOn() {
        health.watch("write-loop", owner);
        owner.waiting = 5;
        tick(Duration.ofSeconds(29));
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofMinutes(10));
            assertEquals(Optional.empty(), health.notLive());
            health.ticked();
            assertEquals(Optional.empty(), health.notLive());
            owner.steps++;
            tick(Duration.ofSeconds(1));
        }
        assertEquals(Optional.empty(), health.notLive());
    }

    @Test
    void anOwnerThatDoesNotStepThoughEventsWaitIsNamed() {
        health.watch("link", new StillOwner());
        health.watch("write-loop", owner);
        owner.waiting = 1;
        tick(Duration.ofSeconds(30));
        assertEquals(Optional.empty(), health.notLive());
        tick(Duration.ofMillis(50));
        assertEquals(Optional.of("stuck: write-loop"), health.notLive());
        owner.steps++;
        tick(Duration.ofMillis(50));
        assertEquals(Optional.empty(), health.notLive());
    }

    @Test
    void anOwnerWithoutEventsIsNotStuck() {
        health.watch("write-loop", owner);
        tick(Duration.ofMinutes(2));
        owner.waiting = 1;
        tick(Duration.ofSeconds(29));
        owner.waiting = 0;
        tick(Duration.ofMillis(50));
        owner.waiting = 1;
        tick(Duration.ofSeconds(29));
        assertEquals(Optional.empty(), health.notLive());
    }

    @Test
    void anOwnerThatIsBusyIsNotStuck() {
        health.watch("write-loop", owner);
        owner.waiting = 1000;
        for (int i = 0; i < 10; i++) {
            tick(Duration.ofSeconds(29));
            owner.steps++;
        }
        assertEquals(Optional.empty(), health.notLive());
    }

    /** As the node does it: every 50 ms. */
    private void tick(Duration time) {
        for (long passed = 0; passed < time.toMillis(); passed += 50) {
            clock.advance(Duration.ofMillis(50));
            health.ticked();
        }
    }

    /** An owner that does what it is told. */
    private static final class StillOwner implements Owner<String> {
        private int waiting;
        private long steps;

        @Override
        public void post(String event) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int waiting() {
            return waiting;
        }

        @Override
        public long steps() {
            return steps;
        }
    }
}
