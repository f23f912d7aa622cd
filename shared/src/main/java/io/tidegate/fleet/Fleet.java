package io.tidegate.fleet;

import io.tidegate.drain.Departing;
import io.tidegate.hub.Hub;
import io.tidegate.owner.Owner;
import io.tidegate.owner.Owners;
import io.tidegate.protocol.Message;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of the fleet. This node sends a report to the others every few seconds, and remembers their reports. A node
 * without a report for {@value #STALE} intervals, by this node's clock, is forgotten. Without a relay there are no
 * other nodes.
 *
 * <p>Nodes with another fleet name ({@code tidegate.fleet.name}) that share the relay do not belong to the fleet:
 * clients of one fleet do not come back to the other, and each fleet scales on its own.
 *
 * <p>The nodes report in rounds. The node whose interval ends first begins the next round, and each node that hears of
 * it reports at once. So all numbers of a round are of about the same moment, and their sum counts a client that moves
 * between nodes once.
 *
 * <p>The fleet has its own owner. {@link #tick} and the reports that arrive are its events, whatever threads they come
 * from. Any thread can read the fields that it publishes.
 */
public final class Fleet {
    private static final System.Logger LOG = System.getLogger(Fleet.class.getName());

    /** One report can be lost, and the next can be late. */
    private static final int STALE = 3;

    /** The largest number of other nodes that are remembered, so that the memory for them is bounded. */
    private static final int MOST = 1_000;

    private final Settings settings;
    private final Self self;
    private final Hub hub;
    private final Departing departing;
    private final Clock clock;
    private final long interval;
    private final Owner<Event> owner;
    private final Rollout rollout;

    // Only the owner's steps write these fields; any thread reads them.
    private final Map<String, Told> others = new ConcurrentHashMap<>();
    private volatile @Nullable Told own;
    /** The last round of which this node knows. */
    private volatile long lastRound;

    private volatile @Nullable Census census;
    private volatile @Nullable Whole whole;
    private volatile Rollout.Standing standing = Rollout.Standing.NONE;

    /** Whether a node has reported or gone silent since {@link #standing} was computed. */
    private boolean news;

    /**
     * The identity of this node for the other nodes.
     *
     * @param instance an identifier that no other node has, and that this node did not have before its start
     * @param runtime {@code se} or {@code mp}
     */
    public record Self(String instance, String runtime) {}

    private sealed interface Event {}

    private record Tick() implements Event {}

    private record Heard(Message message) implements Event {}

    /**
     * A report, and when this node made it or received it.
     *
     * @param at by {@link Clock#nanoTime} of this node
     */
    private record Told(NodeReport report, long at) {}

    /**
     * The last census that was whole.
     *
     * @param at by {@link Clock#nanoTime} of this node
     */
    private record Whole(long connections, long at) {}

    /**
     * A node that has not reported yet.
     *
     * @param self the identity of this node for the other nodes
     */
    public Fleet(Settings settings, Self self, Hub hub, Departing departing, Owners owners, Clock clock) {
        this.settings = settings;
        this.self = self;
        this.hub = hub;
        this.departing = departing;
        this.owner = owners.serial("fleet", this::step);
        this.clock = clock;
        this.interval = settings.rebalance().interval().toNanos();
        this.rollout = new Rollout(settings.fleet().revision().orElse(null), millis());
        if (!settings.relay().inProcess()) {
            hub.listenToFleet(message -> owner.post(new Heard(message)));
        }
    }

    /**
     * Sends a report when it is due, and at once when a drain has begun; counts; and forgets silent nodes. Any thread.
     * The work is done before this returns, unless another thread is doing it.
     */
    public void tick() {
        if (!settings.relay().inProcess()) {
            owner.post(new Tick());
        }
    }

    private void step(Event event) {
        switch (event) {
            case Tick tick -> look();
            case Heard heard -> hear(heard.message());
        }
    }

    private void look() {
        long now = clock.nanoTime();
        Told last = own;
        if (last == null || now - last.at() >= interval) {
            long round = lastRound + 1;
            lastRound = round;
            tell(round);
        } else if (last.report().draining() != departing.draining()) {
            rollout.drains(millis());
            tell(last.report().round());
        } else {
            count(last, now);
        }
        others.values().removeIf(told -> {
            boolean silent = now - told.at() > STALE * interval;
            if (silent) {
                LOG.log(
                        Level.INFO,
                        "Node {0} is not in the fleet any more: it sends no reports",
                        told.report().node());
            }
            news |= silent;
            return silent;
        });
        if (news) {
            news = false;
            placeHandOvers();
        }
    }

    /** Lets hand-overs in only where the clients need not move again. */
    private void placeHandOvers() {
        Rollout.Standing last = standing;
        Rollout.Standing now = rollout.standing(report(lastRound), others(), settings.rebalance(), millis());
        standing = now;
        hub.admission().takeHandOversBelow(now.handOvers());
        if (now.underWay() != last.underWay() && !departing.draining()) {
            LOG.log(
                    Level.INFO,
                    now.underWay() ? "A rollout has begun; this node has the revision {0}" : "The rollout has ended",
                    settings.fleet().revision().orElse(""));
        }
    }

    /** Half an interval after this node's report, all other nodes have reported, too. */
    private void count(Told last, long now) {
        Census counted = census;
        if (now - last.at() < interval / 2 || (counted != null && counted.own().equals(last.report()))) {
            return;
        }
        counted = new Census(last.report(), others());
        census = counted;
        if (counted.isWhole() && hub.isRelayUp()) {
            whole = new Whole(counted.connections(), now);
        }
    }

    /** The open connections of this node now. */
    int connections() {
        return hub.admission().open();
    }

    /** The last report of this node; null before its first report. */
    @Nullable
    NodeReport own() {
        Told last = own;
        return last == null ? null : last.report();
    }

    /** The owner of this node's knowledge of the other nodes, for the watchdog. */
    public Owner<?> owner() {
        return owner;
    }

    /** The last reports of the other nodes. */
    List<NodeReport> others() {
        return others.values().stream().map(Told::report).toList();
    }

    /** Whether the fleet's nodes are being replaced. */
    boolean isRollingOut() {
        return standing.underWay();
    }

    /** The reports of the last round; null before the first round. */
    @Nullable
    Census census() {
        return census;
    }

    /**
     * The open connections of all nodes that do not drain, at a moment at most some seconds ago. This is the fleet's
     * sum, without the error of numbers that are read one after the other while clients move. NaN where the sum is not
     * known: without a relay, while the relay is down, and while a node is silent. Any thread.
     */
    public double total() {
        Whole known = whole;
        return known == null || clock.nanoTime() - known.at() > 2 * STALE * interval ? Double.NaN : known.connections();
    }

    /** All nodes, in the state that is known now. Any thread. */
    public FleetView view() {
        long now = clock.nanoTime();
        FleetView.Member own = new FleetView.Member(report(lastRound), 0);
        Stream<FleetView.Member> rest = others.values().stream()
                .map(told -> new FleetView.Member(told.report(), (now - told.at()) / 1_000_000));
        return FleetView.of(own, rest.toList(), settings.rebalance().interval());
    }

    private void tell(long round) {
        NodeReport report = report(round);
        own = new Told(report, clock.nanoTime());
        news = true;
        hub.tellFleet(report.message());
    }

    private NodeReport report(long round) {
        return new NodeReport(
                self.instance(),
                round,
                settings.fleet().name(),
                settings.server().node(),
                self.runtime(),
                connections(),
                departing.onTheirWay(),
                settings.limits().connections(),
                departing.draining(),
                rollout.revision(millis()));
    }

    private long millis() {
        return clock.nanoTime() / 1_000_000;
    }

    private void hear(Message message) {
        NodeReport report = NodeReport.read(message, clock.epochMillis()).orElse(null);
        if (report == null) {
            LOG.log(Level.DEBUG, "Ignored a malformed report of a node, of {0} bytes", message.payload().length);
            return;
        }
        if (!report.fleet().equals(settings.fleet().name())) {
            return;
        }
        Told before = others.get(report.instance());
        boolean isNew = before == null;
        if (report.instance().equals(self.instance()) || (isNew && others.size() >= MOST)) {
            return;
        }
        rollout.hear(report, before == null ? null : before.report(), millis());
        others.put(report.instance(), new Told(report, clock.nanoTime()));
        news = true;
        if (isNew) {
            LOG.log(Level.INFO, "Node {0} ({1}) is in the fleet", report.node(), report.runtime());
        }
        answer(report.round());
    }

    /** Takes part in a round that another node has begun. A node does not report twice within half an interval. */
    private void answer(long round) {
        lastRound = Math.max(lastRound, round);
        Told last = own;
        if (last != null && last.report().round() < round && clock.nanoTime() - last.at() >= interval / 2) {
            tell(round);
        }
    }
}
