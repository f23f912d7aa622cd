package io.tidegate.drain;

import io.tidegate.hub.Hub;
import io.tidegate.protocol.Message;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who is there: this node tells the others of itself every few seconds, and remembers what they tell. A node of which
 * nothing is heard for {@value #STALE} intervals, by this one's clock, is forgotten. Without a relay there are no others.
 *
 * <p>{@link #tick} runs on one thread; reports arrive on the relay's; any thread may read.
 */
public final class Fleet {
    private static final System.Logger LOG = System.getLogger(Fleet.class.getName());

    /** One report may be lost, and the next late. */
    private static final int STALE = 3;

    /** Beyond this, nodes are not looked at: what is held of others is bounded, whoever publishes. */
    private static final int MOST = 1_000;

    private final Settings settings;
    private final String runtime;
    private final Hub hub;
    private final BooleanSupplier draining;
    private final Clock clock;
    private final String instance = UUID.randomUUID().toString();
    private final Map<String, Told> others = new ConcurrentHashMap<>();
    private @Nullable Told own;

    /**
     * A report, and when it was made or came.
     *
     * @param at by {@link Clock#nanoTime} of this node
     */
    record Told(Report report, long at) {}

    /**
     * A node that has told nothing yet.
     *
     * @param runtime {@code se} or {@code mp}
     */
    public Fleet(Settings settings, String runtime, Hub hub, BooleanSupplier draining, Clock clock) {
        this.settings = settings;
        this.runtime = runtime;
        this.hub = hub;
        this.draining = draining;
        this.clock = clock;
        if (!settings.relay().inProcess()) {
            hub.listenToFleet(this::hear);
        }
    }

    /** Tells the others what is due, at once where a drain has begun, and forgets who is silent. */
    public void tick() {
        if (settings.relay().inProcess()) {
            return;
        }
        long now = clock.nanoTime();
        long interval = settings.rebalance().interval().toNanos();
        if (own == null || now - own.at() >= interval || own.report().draining() != draining.getAsBoolean()) {
            own = new Told(now(), now);
            hub.tellFleet(own.report().message());
        }
        others.values().removeIf(told -> {
            boolean silent = now - told.at() > STALE * interval;
            if (silent) {
                LOG.log(
                        Level.INFO,
                        "Nothing is heard of node {0} any more",
                        told.report().node());
            }
            return silent;
        });
    }

    /** All nodes as they are known now. Any thread. */
    public FleetView view() {
        long now = clock.nanoTime();
        FleetView.Member self = new FleetView.Member(now(), 0);
        Stream<FleetView.Member> rest = others.values().stream()
                .map(told -> new FleetView.Member(told.report(), (now - told.at()) / 1_000_000));
        return FleetView.of(self, rest.toList(), settings.rebalance().interval());
    }

    /** Those of this node, now. */
    int connections() {
        return hub.admission().open();
    }

    /** What this node has told last; null before its first report. */
    @Nullable
    Told own() {
        return own;
    }

    /** What the other nodes have told last. */
    List<Report> others() {
        return others.values().stream().map(Told::report).toList();
    }

    private Report now() {
        return new Report(
                instance,
                settings.server().node(),
                runtime,
                connections(),
                settings.limits().connections(),
                draining.getAsBoolean());
    }

    private void hear(Message message) {
        Report report = Report.read(message).orElse(null);
        if (report == null) {
            LOG.log(Level.DEBUG, "A report of a node that is none, of {0} bytes", message.payload().length);
            return;
        }
        boolean isNew = !others.containsKey(report.instance());
        if (report.instance().equals(instance) || (isNew && others.size() >= MOST)) {
            return;
        }
        others.put(report.instance(), new Told(report, clock.nanoTime()));
        if (isNew) {
            LOG.log(Level.INFO, "Node {0} ({1}) is in the fleet", report.node(), report.runtime());
        }
    }
}
