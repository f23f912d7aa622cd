package io.tidegate.node;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.tidegate.drain.Departures;
import io.tidegate.drain.Drain;
import io.tidegate.drain.Fleet;
import io.tidegate.drain.FleetView;
import io.tidegate.drain.Rebalance;
import io.tidegate.hub.Hub;
import io.tidegate.metrics.MeterBinder;
import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Owners;
import io.tidegate.owner.Threads;
import io.tidegate.relay.MemoryBus;
import io.tidegate.relay.MemoryRelay;
import io.tidegate.relay.RedisRelay;
import io.tidegate.relay.Relay;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** One server's core, wired together; what a runtime starts beside its listeners. */
public final class Node implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Node.class.getName());

    /** The grain of heartbeats, drain slots and timeouts. */
    private static final long TICK_NANOS = 50_000_000;

    private final Settings settings;
    private final Metrics metrics = new Metrics();
    private final Threads threads = new Threads(metrics.defects()::increment);
    private final Hub hub;
    private final Drain drain;
    private final Fleet fleet;
    private final Rebalance rebalance;
    private final NodeHealth health;
    private final CountDownLatch drained = new CountDownLatch(1);
    private final Thread ticker =
            Thread.ofPlatform().daemon().name("tidegate-tick").unstarted(this::run);
    private volatile boolean drainRequested;
    private volatile boolean closed;

    /**
     * A node that runs until it is closed.
     *
     * @param runtime {@code se} or {@code mp}, as the chart calls them
     */
    public Node(Settings settings, String runtime) {
        Clock clock = Clock.system();
        this.settings = settings;
        this.hub = new Hub(settings, metrics, clock, receiver -> relay(settings, receiver, metrics, threads, clock));
        Departures departures = new Departures(hub, clock);
        this.drain = new Drain(hub, departures, settings.drain(), metrics, clock);
        this.fleet = new Fleet(settings, runtime, hub, drain::draining, departures::onTheirWay, clock);
        this.rebalance = new Rebalance(fleet, departures, settings, metrics, clock);
        this.health = new NodeHealth(settings.relay().grace(), clock, hub::relayStatus, drain::draining);
        ticker.start();
    }

    public Hub hub() {
        return hub;
    }

    public NodeHealth health() {
        return health;
    }

    /** What {@code /connections} answers: one number that a scaler can read without Prometheus. */
    public record Connections(String node, int connections, int limit, boolean draining) {
        /** As the body of the response. */
        public String json() {
            char[] quoted = JsonStringEncoder.getInstance().quoteAsString(node);
            return "{\"node\":\"%s\",\"connections\":%d,\"limit\":%d,\"draining\":%b}"
                    .formatted(String.valueOf(quoted), connections, limit, draining);
        }
    }

    public Connections connections() {
        return new Connections(
                settings.server().node(),
                hub.admission().open(),
                settings.limits().connections(),
                drain.draining());
    }

    /** What {@code /fleet} answers: the nodes that this one knows of, itself among them. Any thread. */
    public FleetView fleet() {
        return fleet.view();
    }

    /** Shows this node's counts in a runtime's registry; to be called once. */
    public void bindMetrics(MeterBinder meters) {
        metrics.bind(
                meters,
                new Metrics.Gauges(
                        () -> hub.admission().open(),
                        () -> settings.limits().connections(),
                        hub::queuedBytes,
                        () -> drain.draining() ? 1 : 0,
                        () -> hub.isRelayUp() ? 1 : 0,
                        fleet::total));
    }

    /** Drains, and returns when everybody has left or was cut, at the latest after {@code tidegate.drain.timeout}. */
    public void drain() throws InterruptedException {
        drainRequested = true;
        drained.await();
    }

    @Override
    public void close() {
        closed = true;
        hub.close();
        threads.close();
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK_NANOS);
            try {
                tick();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "Tick failed; the next may succeed", e);
            }
        }
    }

    private void tick() {
        health.ticked();
        hub.tick();
        if (health.notStarted().isEmpty()) {
            fleet.tick();
        }
        if (drain.draining()) {
            if (drain.tick()) {
                drained.countDown();
            }
        } else if (drainRequested) {
            drain.begin();
        } else {
            rebalance.tick();
        }
    }

    private static Relay relay(
            Settings settings, Relay.Receiver receiver, Metrics metrics, Owners owners, Clock clock) {
        return settings.relay().inProcess()
                ? new MemoryRelay(new MemoryBus(settings.history(), owners, clock), receiver, metrics, clock)
                : new RedisRelay(settings, receiver, metrics, clock);
    }
}
