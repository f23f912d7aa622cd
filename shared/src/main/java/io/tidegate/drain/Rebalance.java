package io.tidegate.drain;

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
 * Hands over what this node holds above the mean of the fleet, a share at a time, as a drain does: notice, slot, close.
 *
 * <p>It decides once with each {@link Census}, by reports alone: so who has just moved is counted once. It begins where it, or
 * the emptiest node, is beyond the tolerance twice in a row, since of a crowd that arrives everywhere one node may tell earlier than the next, and
 * stops at the mean, once nobody is on the way any more: while some are, the reports count them here or there, or in neither
 * place. What comes and goes by chance sets nothing off.
 *
 * <p>First those leave who resume and so lose nothing, and by chance: were it the newest, whom chance brings back would be
 * sent away again and again.
 *
 * <p>It goes forward by {@link #tick}, on one thread, and never waits.
 */
public final class Rebalance {
    private static final System.Logger LOG = System.getLogger(Rebalance.class.getName());

    /** After so many decisions at the mean, nobody on the way, the reports are right. */
    private static final int QUIET = 2;

    private final Fleet fleet;
    private final Departures departures;
    private final Settings settings;
    private final Metrics metrics;
    private final Clock clock;
    private final Duration window;
    private @Nullable Census decidedOn;
    private int exceeded;
    /** Decisions in a row that found it at the mean; those while somebody is on the way count as one. */
    private int atMean;

    private boolean underWay;

    /**
     * Nothing is handed over yet.
     *
     * @param departures shared with the drain, which takes over those who are still here when it begins
     */
    public Rebalance(Fleet fleet, Departures departures, Settings settings, Metrics metrics, Clock clock) {
        this.fleet = fleet;
        this.departures = departures;
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
        Duration interval = settings.rebalance().interval();
        Duration ofDrain = settings.drain().window();
        // A drain that begins meanwhile must not cut those who keep the slot that they have been told.
        this.window = interval.compareTo(ofDrain) < 0 ? interval : ofDrain;
    }

    /** Does what is due; not to be called any more once the node drains. */
    public void tick() {
        metrics.rebalanced().add(departures.countThoseWhoLeft());
        departures.closeThoseWhoseSlotHasCome();
        Census census = fleet.census();
        if (settings.rebalance().enabled() && census != null && !census.equals(decidedOn)) {
            decidedOn = census;
            decide(Balance.of(census), census.own().connections());
        }
    }

    private void decide(Balance balance, int reported) {
        int staying = Math.min(reported, fleet.connections()) - departures.size();
        exceeded = balance.isExceededBy(staying, settings.rebalance()) ? exceeded + 1 : 0;
        if (!underWay && exceeded >= 2) {
            underWay = true;
            atMean = 0;
            LOG.log(
                    Level.INFO,
                    "Handing over what of {0,number,#} connections is above the mean, {1,number,#}",
                    staying,
                    balance.mean());
        }
        // Who has been at the mean does not begin anew for a few that come by chance.
        boolean goesOn = underWay
                && (atMean == 0
                        || balance.excess(staying) >= settings.rebalance().minimum());
        int next = goesOn ? balance.next(staying, settings.rebalance()) : 0;
        if (next > 0) {
            atMean = 0;
            long now = clock.nanoTime();
            departures.announce(choose(next), now, now, settings.drain().notice(), window);
            return;
        }
        atMean = departures.size() == 0 ? atMean + 1 : 1;
        if (underWay && atMean > QUIET) {
            underWay = false;
            LOG.log(Level.INFO, "Enough is handed over: {0,number,#} connections stay", staying);
        }
    }

    private List<Connection> choose(int count) {
        return departures.unaware().stream()
                .filter(connection -> !connection.closing())
                .sorted(Comparator.comparing(Connection::resumes).reversed())
                .limit(count)
                .toList();
    }
}
