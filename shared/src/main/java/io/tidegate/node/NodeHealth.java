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
 * The answers to the probes. Liveness never depends on the relay, because a restart does not repair Redis. Readiness
 * never depends on whether the node is full, because the scaler's sum leaves out unready pods. Any thread may ask.
 *
 * <p>The node is not live if the ticker stands still, if an owner does not step although events wait, or if a listener
 * has ended. A process that was stopped (SIGSTOP, a pause of the VM, no CPU for a while) finds everything late, and is
 * live as soon as it runs again.
 */
public final class NodeHealth {
    private static final long STUCK_NANOS = Duration.ofSeconds(30).toNanos();

    /** The most that a late tick adds to an owner's silence: the owner may have had no CPU either. */
    private static final long LATE_NANOS = Duration.ofSeconds(1).toNanos();

    /** The time that the ticker has to come back after it was first found missing. */
    private static final long WAKE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Duration relayGrace;
    private final Clock clock;
    private final Supplier<RelayStatus> relay;
    private final BooleanSupplier draining;
    private final Supplier<Optional<String>> access;
    private volatile boolean started;
    private volatile boolean relaySeenUp;

    // The monitor guards all fields below. There is no @GuardedBy, because the modules that see this class do not see
    // that annotation.
    private final List<Watched> watched = new ArrayList<>();

    private final List<Listener> listeners = new ArrayList<>();

    private long lastTick;

    /** When the ticker was first found missing; only valid while it is missing. */
    private long missingSince;

    private boolean missing;

    /** @param access the reason why no token can be checked */
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

    /** The ticker has ticked. One thread, the ticker. */
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
     * The reason why this process should be restarted: its ticker stands still, an owner has not stepped for 30 s
     * although events wait, or a listener has ended.
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

    /**
     * A ticker that is found missing for the first time may only be late after a pause of the process, like everything
     * else.
     */
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

    /** The reason why this node has not started yet. */
    public Optional<String> notStarted() {
        return started ? Optional.empty() : Optional.of("starting");
    }

    /** The reason why this node should get no new connections; empty where it is ready. */
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

    /** An outage has a grace period. A relay that was never up has none. */
    private Optional<String> relayReason(RelayStatus.Down down) {
        boolean inGrace = relaySeenUp && clock.nanoTime() - down.sinceNanos() <= relayGrace.toNanos();
        return inGrace ? Optional.empty() : Optional.of("relay down: " + down.reason());
    }

    private record Listener(String name, BooleanSupplier accepts) {}

    /** An owner, and for how long the ticks have seen it not step although events wait. */
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
