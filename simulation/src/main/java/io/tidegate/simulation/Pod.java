package io.tidegate.simulation;

import io.tidegate.hub.Connection;
import io.tidegate.metrics.Metrics;
import io.tidegate.node.Core;
import io.tidegate.relay.RelayStatus;
import io.tidegate.relay.SimulatedRedis;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A server of the fleet: the real core on simulated owners, from its start to its end. */
final class Pod implements SimulatedRedis.NodeProcess {
    private static final long TICK_NANOS = 50_000_000;
    private static final long EPOCH_MILLIS = 1_732_406_400_000L;

    private final World world;
    private final Host host;
    private final Random random;
    private final SimulatedOwners owners;
    private final Metrics metrics = new Metrics();
    private final Core core;
    private final Runnable tickRelay;
    private final Settings settings;
    private long clockStepMillis;
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
        drained |= core.tick(true);
        if (drained && draining) {
            world.trace(host.name() + "  has drained");
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

    /** Whether a balancer sends clients here. */
    boolean isReady() {
        return isAlive() && !host.isFrozen() && !draining && core.hub().relayStatus() instanceof RelayStatus.Up;
    }

    boolean isDraining() {
        return draining;
    }

    /** SIGTERM. */
    void terminate() {
        draining = true;
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

    /** More than its bounds allow, in words; null where all is within. */
    @Nullable
    String excess() {
        long connections = core.hub().connections().size();
        long most = (connections + 1) * (2L * settings.limits().queue() + 400_000);
        long queued = core.hub().queuedBytes();
        return queued > most ? name() + " holds " + queued + " bytes for " + connections + " connections" : null;
    }

    /** A connection for the server's side of a handshake. */
    Connection begin(Tcp tcp, Connection.Peer peer) {
        Connection connection = core.hub().begin(tcp, peer);
        tcp.serve(connection);
        return connection;
    }
}
