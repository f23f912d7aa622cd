package io.tidegate.node;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.tidegate.api.Api;
import io.tidegate.api.FleetCalls;
import io.tidegate.drain.FleetView;
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
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** One server's core, wired together; what a runtime starts beside its listeners. */
public final class Node implements AutoCloseable {
    /** The grain of heartbeats, drain slots and timeouts. */
    private static final long TICK_NANOS = 50_000_000;

    private final Settings settings;
    private final Metrics metrics = new Metrics();
    private final Owners owners;
    private final Core core;
    private final NodeHealth health;
    private final Optional<Api> api;
    private final CountDownLatch drained = new CountDownLatch(1);
    private final Thread ticker =
            Thread.ofPlatform().daemon().name("tidegate-tick").unstarted(this::run);
    private volatile boolean closed;

    /**
     * A node that runs until it is closed.
     *
     * @param runtime {@code se} or {@code mp}, as the chart calls them
     */
    public Node(Settings settings, String runtime) {
        Clock clock = Clock.system();
        this.settings = settings;
        this.owners = new Threads(metrics.defects()::increment);
        this.core = new Core(
                settings,
                runtime,
                metrics,
                new Core.Surroundings(owners, new SecureRandom(), clock),
                receiver -> relay(settings, owners, receiver, metrics, clock));
        this.health = new NodeHealth(
                settings.relay().grace(), clock, hub()::relayStatus, core::draining, hub().access()::notReady);
        FleetCalls calls = new FleetCalls(
                settings, hub(), hub().name(), () -> fleet().members().size(), clock::nanoTime);
        this.api = settings.api().isOpen()
                ? Optional.of(new Api(settings, new Api.Where(hub(), this::fleet, calls), metrics, clock))
                : Optional.empty();
        hub().owners().forEach(health::watch);
        health.watch("fleet", core.fleet().owner());
        ticker.start();
    }

    public Hub hub() {
        return core.hub();
    }

    /** The listeners are open. To be called once. */
    public void listening() {
        health.listening();
        hub().access().warnIfOpen();
    }

    public NodeHealth health() {
        return health;
    }

    /** Answers back ends; empty where no key is set. */
    public Optional<Api> api() {
        return api;
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
                hub().admission().open(),
                settings.limits().connections(),
                core.draining());
    }

    /** What {@code /fleet} answers: the nodes that this one knows of, itself among them. Any thread. */
    public FleetView fleet() {
        return core.fleet().view();
    }

    /** Shows this node's counts in a runtime's registry; to be called once. */
    public void bindMetrics(MeterBinder meters) {
        metrics.bind(
                meters,
                new Metrics.Gauges(
                        () -> hub().admission().open(),
                        () -> settings.limits().connections(),
                        hub()::queuedBytes,
                        () -> core.draining() ? 1 : 0,
                        () -> hub().isRelayUp() ? 1 : 0,
                        core.fleet()::total));
    }

    /** Drains, and returns when everybody has left or was cut, at the latest after {@code tidegate.drain.timeout}. */
    public void drain() throws InterruptedException {
        core.requestDrain();
        drained.await();
    }

    @Override
    public void close() {
        closed = true;
        core.close();
        owners.close();
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK_NANOS);
            tick();
        }
    }

    private void tick() {
        health.ticked();
        if (core.tick(health.notStarted().isEmpty())) {
            drained.countDown();
        }
    }

    private static Relay relay(
            Settings settings, Owners owners, Relay.Receiver receiver, Metrics metrics, Clock clock) {
        return settings.relay().inProcess()
                ? new MemoryRelay(new MemoryBus(settings.history(), owners, clock), receiver, metrics, clock)
                : new RedisRelay(settings, owners, receiver, metrics, clock);
    }
}
