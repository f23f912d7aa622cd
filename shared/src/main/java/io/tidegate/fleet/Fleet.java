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
 * Who is there: this node tells the others of itself every few seconds, and remembers what they tell. A node of which
 * nothing is heard for {@value #STALE} intervals, by this one's clock, is forgotten. Without a relay there are no others.
 *
 * <p>Nodes of another name ({@code tidegate.fleet.name}) that share the relay are no part of it: clients of one do not
 * come back to the other, and each scales by itself.
 *
 * <p>They speak in rounds: the node whose interval is over first begins the next, and each one that hears of it answers at once. So all
 * numbers of a round are of about the same moment, and their sum counts a client who moves from node to node once.
 *
 * <p>An owner of its own: {@link #tick} and the reports that arrive are its events, whatever threads they come from. What it
 * publishes, any thread may read.
 */
public final class Fleet {
    private static final System.Logger LOG = System.getLogger(Fleet.class.getName());

    /** One report may be lost, and the next late. */
    private static final int STALE = 3;

    /** Beyond this, nodes are not looked at: what is held of others is bounded. */
    private static final int MOST = 1_000;

    private final Settings settings;
    private final Self self;
    private final Hub hub;
    private final Departing departing;
    private final Clock clock;
    private final long interval;
    private final Owner<Event> owner;
    private final Rollout rollout;

    // Written by the owner's steps alone, read by anybody
    private final Map<String, Told> others = new ConcurrentHashMap<>();
    private volatile @Nullable Told own;
    /** The last round of which this node knows. */
    private volatile long lastRound;

    private volatile @Nullable Census census;
    private volatile @Nullable Whole whole;
    private volatile Rollout.Standing standing = Rollout.Standing.NONE;

    /** Since {@link #standing} was looked at, somebody has told something, or gone silent. */
    private boolean news;

    /**
     * How other nodes know this one.
     *
     * @param instance unlike that of any other node, and of any other start of this one
     * @param runtime {@code se} or {@code mp}
     */
    public record Self(String instance, String runtime) {}

    private sealed interface Event {}

    private record Tick() implements Event {}

    private record Heard(Message message) implements Event {}

    /**
     * A report, and when it was made or came.
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
     * A node that has told nothing yet.
     *
     * @param self how the others know it
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
     * Tells the others what is due, at once where a drain has begun, counts, and forgets who is silent. Any thread; it is done
     * before this returns, unless another thread is at it.
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
                        "Nothing is heard of node {0} any more",
                        told.report().node());
            }
            news |= silent;
            return silent;
        });
        if (news) {
            news = false;
            stand();
        }
    }

    /** Who hands over goes where it need not be moved again. */
    private void stand() {
        Rollout.Standing last = standing;
        Rollout.Standing now = rollout.standing(report(lastRound), others(), settings.rebalance(), millis());
        standing = now;
        hub.admission().takeHandOversBelow(now.handOvers());
        if (now.underWay() != last.underWay() && !departing.draining()) {
            LOG.log(
                    Level.INFO,
                    now.underWay() ? "A rollout is under way, this node is of {0}" : "No rollout is under way any more",
                    settings.fleet().revision().orElse(""));
        }
    }

    /** By half an interval after this node has told, all others have, too. */
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

    /** Those of this node, now. */
    int connections() {
        return hub.admission().open();
    }

    /** What this node has told last; null before its first report. */
    @Nullable
    NodeReport own() {
        Told last = own;
        return last == null ? null : last.report();
    }

    /** The watched owner of what this node knows of the others. */
    public Owner<?> owner() {
        return owner;
    }

    /** What the other nodes have told last. */
    List<NodeReport> others() {
        return others.values().stream().map(Told::report).toList();
    }

    /** Whether the fleet's nodes are being replaced. */
    boolean isRolledOut() {
        return standing.underWay();
    }

    /** What the nodes told in the last round; null before the first. */
    @Nullable
    Census census() {
        return census;
    }

    /**
     * The open connections of all nodes that do not drain, as of a moment at most some seconds ago: the fleet's sum, without
     * the error of numbers that are read one after the other while clients move. NaN where it is not known: without a relay,
     * while that is down, and while a node stays silent. Any thread.
     */
    public double total() {
        Whole known = whole;
        return known == null || clock.nanoTime() - known.at() > 2 * STALE * interval ? Double.NaN : known.connections();
    }

    /** All nodes as they are known now. Any thread. */
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
            LOG.log(Level.DEBUG, "A report of a node that is none, of {0} bytes", message.payload().length);
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

    /** Takes part in a round that another has begun; twice in half an interval is once too often. */
    private void answer(long round) {
        lastRound = Math.max(lastRound, round);
        Told last = own;
        if (last != null && last.report().round() < round && clock.nanoTime() - last.at() >= interval / 2) {
            tell(round);
        }
    }
}
