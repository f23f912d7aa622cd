package io.tidegate.node;

import io.tidegate.owner.Owner;
import io.tidegate.relay.RelayStatus;
import io.tidegate.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the probes are told. Live never depends on the relay: a restart mends no Redis. Ready is never false because the
 * node is full: an unready pod would vanish from the scaler's sum. Any thread may ask.
 *
 * <p>What stands still is not live: the ticker, or an owner that does not step though events wait, a
 * listener that has ended. A process that was
 * stopped (SIGSTOP, a pause of the VM, no CPU for a while) finds late all that it has, and is live as soon as it goes on.
 */
public final class NodeHealth {
    private static final long STUCK_NANOS = Duration.ofSeconds(30).toNanos();

    /** What a tick that comes late adds to an owner's silence at most: the owner may not have had a CPU either. */
    private static final long LATE_NANOS = Duration.ofSeconds(1).toNanos();

    /** What the ticker has to come back, from when it was first found missing. */
    private static final long WAKE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Duration relayGrace;
    private final Clock clock;
    private final Supplier<RelayStatus> relay;
    private final BooleanSupplier draining;
    private final Supplier<Optional<String>> access;
    private volatile boolean started;
    private volatile boolean relaySeenUp;

    // All below under the monitor. Not with @GuardedBy: the modules that see this class do not see that one.
    private final List<Watched> watched = new ArrayList<>();

    private final List<Listener> listeners = new ArrayList<>();

    private long lastTick;

    /** When the ticker was first found missing; meaningful only while it is. */
    private long missingSince;

    private boolean missing;

    /** @param access why no token can be checked */
    NodeHealth(
            Duration relayGrace,
            Clock clock,
            Supplier<RelayStatus> relay,
            BooleanSupplier draining,
            Supplier<Optional<String>> access) {
        this.relayGrace = relayGrace;
        this.clock = clock;
        this.relay = relay;
        this.draining = draining;
        this.access = access;
        this.lastTick = clock.nanoTime();
    }

    /** The listeners are open. */
    void listening() {
        started = true;
    }

    /**
     * Watches an owner from now on. Any thread.
     *
     * @param name for the reason, as in "stuck: write-loop"
     */
    public synchronized void watch(String name, Owner<?> owner) {
        watched.add(new Watched(name, owner));
    }

    /**
     * Watches a listener from now on. Any thread.
     *
     * @param name for the reason, as in "does not accept: api"
     * @param accepts whether connections to it are still accepted; any thread
     */
    public synchronized void watch(String name, BooleanSupplier accepts) {
        listeners.add(new Listener(name, accepts));
    }

    /** The node's own clockwork goes. One thread, the ticker. */
    void ticked() {
        relaySeenUp |= relay.get() instanceof RelayStatus.Up;
        synchronized (this) {
            long now = clock.nanoTime();
            long passed = Math.min(now - lastTick, LATE_NANOS);
            lastTick = now;
            missing = false;
            watched.forEach(owner -> owner.look(passed));
        }
    }

    /**
     * Why this process should be restarted: its own clockwork stands still, an owner has not stepped for 30 s though
     * events wait, or a listener has ended.
     */
    public synchronized Optional<String> notLive() {
        if (tickerIsStuck()) {
            return Optional.of("stuck");
        }
        return watched.stream()
                .filter(owner -> owner.silentNanos > STUCK_NANOS)
                .map(owner -> "stuck: " + owner.name)
                .findFirst()
                .or(this::deafListener);
    }

    private Optional<String> deafListener() {
        return listeners.stream()
                .filter(listener -> !listener.accepts.getAsBoolean())
                .map(listener -> "does not accept: " + listener.name)
                .findFirst();
    }

    /** A ticker found missing for the first time may only be as late as everything after a pause of the process. */
    private boolean tickerIsStuck() {
        long now = clock.nanoTime();
        if (now - lastTick <= STUCK_NANOS) {
            return false;
        }
        if (!missing) {
            missing = true;
            missingSince = now;
        }
        return now - missingSince >= WAKE_NANOS;
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
        Optional<String> relayReason = switch (relay.get()) {
            case RelayStatus.Up up -> Optional.empty();
            case RelayStatus.Down down -> relayReason(down);
        };
        return relayReason.or(access);
    }

    /** An outage has its grace; a relay that was never there has none. */
    private Optional<String> relayReason(RelayStatus.Down down) {
        boolean inGrace = relaySeenUp && clock.nanoTime() - down.sinceNanos() <= relayGrace.toNanos();
        return inGrace ? Optional.empty() : Optional.of("relay down: " + down.reason());
    }

    private record Listener(String name, BooleanSupplier accepts) {}

    /** An owner, and for how long it has not stepped though events wait, as far as the ticks have seen. */
    private static final class Watched {
        final String name;
        private final Owner<?> owner;
        private long steps;
        long silentNanos;

        Watched(String name, Owner<?> owner) {
            this.name = name;
            this.owner = owner;
            this.steps = owner.steps();
        }

        void look(long passedNanos) {
            long now = owner.steps();
            silentNanos = now == steps && owner.waiting() > 0 ? silentNanos + passedNanos : 0;
            steps = now;
        }
    }
}
