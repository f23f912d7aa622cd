package io.tidegate.node;

import io.tidegate.relay.RelayStatus;
import io.tidegate.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the probes are told. Live never depends on the relay: a restart mends no Redis. Ready is never false because the
 * node is full: an unready pod would vanish from the scaler's sum. Any thread may ask.
 */
public final class NodeHealth {
    private static final long STUCK_NANOS = Duration.ofSeconds(30).toNanos();

    private final Duration relayGrace;
    private final Clock clock;
    private final Supplier<RelayStatus> relay;
    private final BooleanSupplier draining;
    private volatile boolean started;
    private volatile boolean relaySeenUp;
    private volatile long lastTick;

    NodeHealth(Duration relayGrace, Clock clock, Supplier<RelayStatus> relay, BooleanSupplier draining) {
        this.relayGrace = relayGrace;
        this.clock = clock;
        this.relay = relay;
        this.draining = draining;
        this.lastTick = clock.nanoTime();
    }

    /** The listeners are open. */
    public void listening() {
        started = true;
    }

    /** The node's own clockwork goes. */
    void ticked() {
        lastTick = clock.nanoTime();
        relaySeenUp |= relay.get() instanceof RelayStatus.Up;
    }

    /** Why this process should be restarted: its own clockwork stands still. */
    public Optional<String> notLive() {
        return clock.nanoTime() - lastTick > STUCK_NANOS ? Optional.of("stuck") : Optional.empty();
    }

    /** Why this node has not started yet. */
    public Optional<String> notStarted() {
        return started ? Optional.empty() : Optional.of("starting");
    }

    /** Why this node should get no new connections; empty where it is ready. */
    public Optional<String> notReady() {
        if (!started) {
            return notStarted();
        }
        if (draining.getAsBoolean()) {
            return Optional.of("draining");
        }
        return switch (relay.get()) {
            case RelayStatus.Up up -> Optional.empty();
            case RelayStatus.Down down -> relayReason(down);
        };
    }

    /** An outage has its grace; a relay that was never there has none. */
    private Optional<String> relayReason(RelayStatus.Down down) {
        boolean inGrace = relaySeenUp && clock.nanoTime() - down.sinceNanos() <= relayGrace.toNanos();
        return inGrace ? Optional.empty() : Optional.of("relay down: " + down.reason());
    }
}
