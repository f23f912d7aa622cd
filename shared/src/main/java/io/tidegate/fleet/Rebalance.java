package io.tidegate.fleet;

import io.tidegate.drain.DrainSchedule;
import io.tidegate.hub.Connection;
import io.tidegate.metrics.Metrics;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands over the connections that this node holds above the mean of the fleet, a share at a time, in the same steps as
 * a drain: notice, slot, close.
 *
 * <p>It decides once with each {@link Census}, by the reports alone, so a client that has just moved is counted once.
 * It begins where twice in a row this node is above the tolerance, or the emptiest node is below it. Once is not
 * enough: when many clients arrive at the same time, one node may report them earlier than another. It stops at the
 * mean, when no client is between two nodes any more: the reports count such a client on the old node, on the new node,
 * or on neither. A few clients that come and go do not start a rebalance.
 *
 * <p>It begins with a trial: a few clients leave. The others leave only after those few have been counted on other
 * nodes ({@link Trust}).
 *
 * <p>Clients that resume, and so lose nothing, leave first, in no fixed order: if the newest left first, a client that
 * comes back by chance would be asked to leave again.
 *
 * <p>{@link #tick} does the work, on one thread, and never waits.
 */
public final class Rebalance {
    private static final System.Logger LOG = System.getLogger(Rebalance.class.getName());

    /** After this number of decisions at the mean, with no client between two nodes, the reports are right. */
    private static final int QUIET = 2;

    /** The share of the staying connections that leaves in a trial; at least {@code tidegate.rebalance.minimum}. */
    private static final double TRIAL = 0.03;

    private enum Trial {
        NONE,
        BEGINS,
        /** Some clients have been told to leave. */
        LEAVING,
        /** The clients have left, and the next reports count them where they are now. */
        LEFT
    }

    private final Fleet fleet;
    private final DrainSchedule schedule;
    private final Settings settings;
    private final Metrics metrics;
    private final Clock clock;
    private final Duration window;
    private final Trust trust = new Trust();
    private @Nullable Census decidedOn;
    private int exceeded;
    /**
     * Decisions in a row that found this node at the mean. Those made while a client is between two nodes count as one.
     */
    private int atMean;

    private boolean underWay;
    private Trial trial = Trial.NONE;

    /**
     * A rebalance that has not handed over anything yet.
     *
     * @param schedule shared with the drain, which takes over the clients that are still here when it begins
     */
    public Rebalance(Fleet fleet, DrainSchedule schedule, Settings settings, Metrics metrics, Clock clock) {
        this.fleet = fleet;
        this.schedule = schedule;
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
        Duration interval = settings.rebalance().interval();
        Duration ofDrain = settings.drain().window();
        // A drain that begins meanwhile must not cut clients that keep the slot that they have been told.
        this.window = interval.compareTo(ofDrain) < 0 ? interval : ofDrain;
    }

    /** Does what is due. Do not call it once the node drains. */
    public void tick() {
        metrics.rebalanced().add(schedule.countThoseWhoLeft());
        schedule.closeThoseWhoseSlotHasCome();
        Census census = fleet.census();
        if (settings.rebalance().enabled() && census != null && !census.equals(decidedOn)) {
            decidedOn = census;
            decide(census);
        }
    }

    private void decide(Census census) {
        if (fleet.isRollingOut()) {
            rest();
            return;
        }
        if (isTried(census)) {
            return;
        }
        Balance balance = Balance.of(trust.of(census, clock.nanoTime()));
        int reported = census.own().connections();
        int staying = Math.min(reported, fleet.connections()) - schedule.size();
        exceeded = balance.isExceededBy(staying, settings.rebalance()) ? exceeded + 1 : 0;
        if (!underWay && exceeded >= 2) {
            underWay = true;
            atMean = 0;
            trial = Trial.BEGINS;
            trust.begin(census, balance.mean());
            LOG.log(
                    Level.INFO,
                    "Handing over connections to other nodes: this node has {0,number,#}, the mean is {1,number,#}",
                    staying,
                    balance.mean());
        }
        // A node that was at the mean does not start again for a few clients that come by chance.
        boolean goesOn = underWay
                && (atMean == 0
                        || balance.excess(staying) >= settings.rebalance().minimum());
        int next = goesOn ? balance.next(staying, settings.rebalance()) : 0;
        if (next > 0) {
            atMean = 0;
            long now = clock.nanoTime();
            if (trial == Trial.BEGINS) {
                trial = Trial.LEAVING;
                next = Math.min(next, trialOf(staying));
            }
            schedule.announce(choose(next), now, now, settings.drain().notice(), window);
            return;
        }
        atMean = schedule.size() == 0 ? atMean + 1 : 1;
        if (underWay && atMean > QUIET) {
            underWay = false;
            LOG.log(Level.INFO, "Enough connections are handed over: {0,number,#} stay", staying);
        }
    }

    /**
     * Ends the rebalance while nodes are replaced. The room on the new nodes is for clients of nodes that drain. A
     * client that moves for an even load would move twice.
     */
    private void rest() {
        exceeded = 0;
        atMean = 0;
        underWay = false;
        trial = Trial.NONE;
    }

    private int trialOf(int staying) {
        return Math.max(settings.rebalance().minimum(), (int) Math.ceil(staying * TRIAL));
    }

    /** Whether a trial is under way whose result is not known yet. */
    private boolean isTried(Census census) {
        return switch (trial) {
            case NONE, BEGINS -> false;
            case LEAVING -> {
                trial = schedule.size() == 0 ? Trial.LEFT : Trial.LEAVING;
                yield true;
            }
            case LEFT -> {
                trust.end(census, clock.nanoTime());
                trial = Trial.NONE;
                yield false;
            }
        };
    }

    private List<Connection> choose(int count) {
        return schedule.unaware().stream()
                .filter(connection -> !connection.closing())
                .sorted(Comparator.comparing(Connection::resumes).reversed())
                .limit(count)
                .toList();
    }
}
