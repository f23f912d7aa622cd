package io.tidegate.node;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.tidegate.api.Api;
import io.tidegate.api.FleetCalls;
import io.tidegate.fleet.FleetView;
import io.tidegate.hub.Hub;
import io.tidegate.metrics.MeterBinder;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.DrainOutcome;
import io.tidegate.owner.Owners;
import io.tidegate.owner.Threads;
import io.tidegate.protocol.StrictJson;
import io.tidegate.relay.MemoryBus;
import io.tidegate.relay.MemoryRelay;
import io.tidegate.relay.RedisRelay;
import io.tidegate.relay.Relay;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import io.tidegate.tls.TlsKeys;
import io.tidegate.tracing.Tracing;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One server's core with all its parts. A runtime starts it beside its listeners.
 *
 * <p>One class, although long: it builds the parts of a node and closes them in the reverse order, which belongs
 * together.
 */
public final class Node implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Node.class.getName());

    /** The resolution of heartbeats, drain slots and timeouts. */
    private static final long TICK_NANOS = 50_000_000;

    /** The wait for a last scrape. It is shorter than the time that the chart adds to the pod's grace period. */
    private static final Duration LAST_SCRAPE = Duration.ofSeconds(16);

    private final Settings settings;
    private final String runtime;
    private final Tracing tracing;
    private final Metrics metrics = new Metrics();
    private final Owners owners;
    private final Core core;
    private final NodeHealth health;
    private final Optional<Api> api;
    private final Optional<DeletionCost> cost;
    private final Optional<TlsKeys> tls;
    private final int sockets;
    private final CountDownLatch drained = new CountDownLatch(1);

    /**
     * Opens when a scraper has got the number of connections that were cut. Without that scrape no alert could see the
     * number, because it ends with the process.
     */
    private final CountDownLatch scraped = new CountDownLatch(1);

    private final Thread ticker =
            Thread.ofPlatform().daemon().name("tidegate-tick").unstarted(this::run);
    private volatile boolean closed;

    /** A node without tracing, which runs until it is closed. */
    public Node(Settings settings, String runtime) {
        this(settings, runtime, Tracing.OFF);
    }

    /**
     * A node that runs until it is closed.
     *
     * @param runtime {@code se} or {@code mp}, as the chart calls them
     * @param tracing closed with the node
     */
    public Node(Settings settings, String runtime, Tracing tracing) {
        Clock clock = Clock.system();
        this.settings = settings;
        this.runtime = runtime;
        this.tracing = tracing;
        this.tls = settings.tls().map(files -> new TlsKeys(files, clock));
        this.owners = new Threads(metrics.defects()::increment);
        this.core = new Core(
                settings,
                runtime,
                metrics,
                new Core.Surroundings(owners, new SecureRandom(), clock),
                receiver -> relay(settings, owners, receiver, metrics, clock));
        hub().trace(tracing);
        this.health = new NodeHealth(
                settings.relay().grace(), clock, hub()::relayStatus, core::draining, hub().access()::notReady);
        FleetCalls calls = new FleetCalls(
                settings,
                hub(),
                new FleetCalls.Self(hub().name(), this::state),
                () -> fleet().members().size(),
                clock);
        this.api = settings.api().isOpen()
                ? Optional.of(new Api(settings, new Api.Where(hub(), this::fleet, calls), metrics, clock))
                : Optional.empty();
        this.cost = settings.cost().interval().map(this::cost);
        this.sockets = Descriptors.sockets(settings.limits(), Descriptors.most());
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
        Descriptors.problem(settings.limits(), Descriptors.most())
                .ifPresent(problem -> LOG.log(System.Logger.Level.WARNING, problem));
        cost.ifPresent(DeletionCost::start);
        tls.ifPresent(TlsKeys::start);
    }

    /** The keys of TLS; empty where connections are not encrypted. */
    public Optional<TlsKeys> tls() {
        return tls;
    }

    /** The limit of open TCP connections to the ports of clients and back ends. */
    public int sockets() {
        return sockets;
    }

    public NodeHealth health() {
        return health;
    }

    /** The API for back ends; empty where no key is set. */
    public Optional<Api> api() {
        return api;
    }

    /** This node's state for {@code /api/nodes}. */
    private String state() {
        return "{\"node\":%s,\"version\":%s,\"relay\":\"%s\",\"queueBytes\":%d,\"received\":%d,\"sent\":%d}"
                .formatted(
                        StrictJson.quoted(settings.server().node()),
                        StrictJson.quoted(Version.current()),
                        hub().isRelayUp() ? "up" : "down",
                        hub().queuedBytes(),
                        metrics.messagesReceived().value(),
                        metrics.messagesSent().value());
    }

    /** The answer of {@code /connections}: numbers that a scaler can read without Prometheus. */
    public record Connections(String node, int connections, int limit, boolean draining) {
        /** The body of the response. */
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

    /** The answer of {@code /fleet}: the nodes that this node knows of, itself included. Any thread. */
    public FleetView fleet() {
        return core.fleet().view();
    }

    /** Registers this node's metrics in a runtime's registry. To be called once. */
    public void bindMetrics(MeterBinder meters) {
        meters.gauge(
                "tidegate_build_info",
                "1; what runs is in the labels",
                Map.of("version", Version.current(), "revision", Version.revision(), "runtime", runtime),
                () -> 1);
        ProcessMeters.bind(meters);
        meters.gauge(
                "tidegate_tls_certificate_expiry_timestamp_seconds",
                "When the certificate in use expires; NaN without TLS",
                Map.of(),
                () -> tls.map(keys -> (double) keys.expires().getEpochSecond()).orElse(Double.NaN));
        metrics.bind(
                meters,
                new Metrics.Gauges(
                        () -> hub().admission().open(),
                        () -> settings.limits().connections(),
                        hub()::topics,
                        hub()::queuedBytes,
                        () -> core.draining() ? 1 : 0,
                        () -> hub().isRelayUp() ? 1 : 0,
                        core.fleet()::total));
    }

    /**
     * Drains. Returns when all connections have left or were cut, at the latest after {@code tidegate.drain.timeout}. If
     * connections were cut, it also waits until a scraper has got their number, at most {@link #LAST_SCRAPE}.
     */
    public void drain() throws InterruptedException {
        core.requestDrain();
        drained.await();
        if (hasCut()) {
            boolean ignored = scraped.await(LAST_SCRAPE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /**
     * A scraper asks for the metrics. Any thread.
     *
     * @return to be run when the metrics have been sent completely: the process may end then
     */
    public Runnable scrape() {
        return hasCut() ? scraped::countDown : () -> {};
    }

    private boolean hasCut() {
        return metrics.drainClosed(DrainOutcome.FORCED).value() > 0;
    }

    @Override
    public void close() {
        closed = true;
        cost.ifPresent(DeletionCost::close);
        tls.ifPresent(TlsKeys::close);
        core.close();
        owners.close();
        tracing.close();
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

    private DeletionCost cost(Duration interval) {
        KubernetesPod pod = KubernetesPod.own(
                System.getenv(), KubernetesPod.ACCOUNT, settings.server().node(), "tidegate.cost.interval");
        return new DeletionCost(pod::annotate, () -> hub().admission().open(), interval);
    }

    private static Relay relay(
            Settings settings, Owners owners, Relay.Receiver receiver, Metrics metrics, Clock clock) {
        return settings.relay().inProcess()
                ? new MemoryRelay(new MemoryBus(settings, owners, clock), receiver, metrics, clock)
                : new RedisRelay(settings, owners, receiver, metrics, clock);
    }
}
