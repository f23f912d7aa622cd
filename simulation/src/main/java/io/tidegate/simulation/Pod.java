package io.tidegate.simulation;

import io.tidegate.hub.Connection;
import io.tidegate.hub.Peer;
import io.tidegate.metrics.Metrics;
import io.tidegate.node.Core;
import io.tidegate.relay.RelayStatus;
import io.tidegate.relay.SimulatedRedis;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A server of the fleet: the real core on simulated owners, from its start to its end. */
final class Pod implements SimulatedRedis.NodeProcess {
    static final int IDLE_SECONDS = 5;
    static final int DRAIN_SECONDS = 9;
    private static final long TICK_NANOS = 50_000_000;
    private static final long PACKET_BYTES = 1_300_000;
    private static final long EPOCH_MILLIS = 1_732_406_400_000L;

    private final World world;
    private final Host host;
    private final Random random;
    private final SimulatedOwners owners;
    private final Metrics metrics = new Metrics();
    private final Core core;
    private final Runnable tickRelay;
    private final Settings settings;
    private final List<Tcp> connections = new ArrayList<>();
    private long clockStepMillis;
    private long drainBegun;
    private boolean draining;
    private boolean drained;

    Pod(World world, String name, Settings settings, SimulatedRedis redis) {
        this.world = world;
        this.settings = settings;
        this.host = new Host(world, name);
        this.random = world.random(name);
        this.owners = new SimulatedOwners(world, host, random);
        Clock clock = new Clock() {
            @Override
            public long nanoTime() {
                return world.now();
            }

            @Override
            public long epochMillis() {
                return EPOCH_MILLIS + clockStepMillis + world.now() / 1_000_000;
            }
        };
        AtomicReference<SimulatedRedis.@Nullable Joined> joined = new AtomicReference<>();
        this.core = new Core(settings, "se", metrics, new Core.Surroundings(owners, random, clock), receiver -> {
            SimulatedRedis.Joined made = redis.join(this, owners, receiver, metrics, clock);
            joined.set(made);
            return made.relay();
        });
        this.tickRelay = Objects.requireNonNull(joined.get()).tick();
        host.in(random.nextLong(TICK_NANOS), "", this::tick);
        host.in(random.nextLong(TICK_NANOS), "", this::tickRelay);
    }

    private void tick() {
        connections.removeIf(Tcp::hasEnded);
        connections.forEach(Tcp::look);
        drained |= core.tick(true);
        if (drained && draining) {
            world.trace(host.name() + "  has drained");
            int left = core.hub().connections().size();
            if (left > 0 && world.now() - drainBegun < DRAIN_SECONDS * 1_000_000_000L) {
                world.violate(host.name() + " ends its drain before its time, though " + left + " are connected");
            }
            world.cover("drained");
            core.close();
            host.kill();
            return;
        }
        host.in(TICK_NANOS, "", this::tick);
    }

    private void tickRelay() {
        tickRelay.run();
        host.in(TICK_NANOS, "", this::tickRelay);
    }

    @Override
    public String name() {
        return host.name();
    }

    Host host() {
        return host;
    }

    Core core() {
        return core;
    }

    SimulatedOwners owners() {
        return owners;
    }

    @Override
    public boolean isAlive() {
        return host.isAlive();
    }

    @Override
    public void after(long nanos, Runnable action) {
        host.in(nanos, "", action);
    }

    /** Whether a load balancer sends clients here. */
    boolean isReady() {
        return isAlive() && !host.isFrozen() && !draining && core.hub().relayStatus() instanceof RelayStatus.Up;
    }

    boolean isDraining() {
        return draining;
    }

    /** SIGTERM. */
    void terminate() {
        draining = true;
        drainBegun = world.now();
        core.requestDrain();
    }

    /** SIGKILL: its connections end with it. */
    void kill(Iterable<Tcp> connections) {
        host.kill();
        connections.forEach(Tcp::reset);
    }

    void stepClock(long millis) {
        clockStepMillis += millis;
    }

    /** A description of the first exceeded limit; null if no limit is exceeded. */
    @Nullable
    String excess() {
        // If no data waits for a peer, arriving data is taken whole: a packet of the relay, which is a batch of the
        // publisher's node.
        long blocked = connections.stream().filter(Tcp::isBlocked).count();
        long others = Math.max(0, core.hub().connections().size() - blocked);
        long most = blocked * (settings.limits().queue() + PACKET_BYTES) + (others + 1) * PACKET_BYTES;
        long queued = core.hub().queuedBytes();
        return queued > most
                ? name() + " holds " + queued + " bytes for " + blocked + " who read slowly and " + others + " others"
                : null;
    }

    /** Makes a connection for the server's side of a handshake. */
    Connection begin(Tcp tcp, Peer peer) {
        Connection connection = core.hub().begin(tcp, peer);
        tcp.serve(connection);
        connections.add(tcp);
        return connection;
    }
}
