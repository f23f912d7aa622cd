package io.tidegate.node;

import io.tidegate.drain.Drain;
import io.tidegate.drain.DrainSchedule;
import io.tidegate.fleet.Fleet;
import io.tidegate.fleet.Rebalance;
import io.tidegate.hub.Hub;
import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Owners;
import io.tidegate.relay.Relay;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The parts of a node, without threads: it advances by {@link #tick} and by events that are posted to its owners. {@link
 * Node} runs it on threads; a simulation runs many cores in one thread.
 */
public final class Core implements AutoCloseable {
    private final Owners owners;
    private final Hub hub;
    private final Drain drain;
    private final Fleet fleet;
    private final Rebalance rebalance;
    private volatile boolean drainRequested;

    /**
     * What a core needs from outside.
     *
     * @param random draws names, slots, and the connections that must leave
     */
    public record Surroundings(Owners owners, RandomGenerator random, Clock clock) {}

    /**
     * A core that has not ticked.
     *
     * @param runtime {@code se} or {@code mp}
     * @param relays makes the relay from the receiver of its messages
     */
    public Core(
            Settings settings,
            String runtime,
            Metrics metrics,
            Surroundings in,
            Function<Relay.Receiver, Relay> relays) {
        Clock clock = in.clock();
        this.owners = in.owners();
        this.hub = new Hub(settings, metrics, clock, owners, relays);
        DrainSchedule schedule = new DrainSchedule(hub, in.random(), clock);
        this.drain = new Drain(hub, schedule, settings.drain(), metrics, clock);
        Fleet.Self self = new Fleet.Self(Long.toUnsignedString(in.random().nextLong(), 36), runtime);
        this.fleet = new Fleet(settings, self, hub, drain, owners, clock);
        this.rebalance = new Rebalance(fleet, schedule, settings, metrics, clock);
    }

    public Hub hub() {
        return hub;
    }

    public Fleet fleet() {
        return fleet;
    }

    /** True from the first notice on. Any thread. */
    public boolean draining() {
        return drain.draining();
    }

    /** The drain begins with the next tick. Any thread. */
    public void requestDrain() {
        drainRequested = true;
    }

    /**
     * Does what is due. One thread. A failure in one part does not affect the tick of the others.
     *
     * @param serving whether the node takes part in its fleet; it does so as soon as it listens
     * @return true once a drain has ended
     */
    public boolean tick(boolean serving) {
        guarded(hub::tick);
        if (serving) {
            guarded(fleet::tick);
        }
        boolean[] drained = {false};
        guarded(() -> drained[0] = tickDepartures());
        return drained[0];
    }

    private boolean tickDepartures() {
        if (drain.draining()) {
            return drain.tick();
        }
        if (drainRequested) {
            drain.begin();
        } else {
            rebalance.tick();
        }
        return false;
    }

    private void guarded(Runnable part) {
        try {
            part.run();
        } catch (RuntimeException | Error e) {
            owners.defect("tick", e);
        }
    }

    @Override
    public void close() {
        hub.close();
    }
}
