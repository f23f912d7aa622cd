package io.tidegate.drain;

import io.tidegate.hub.Hub;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.DrainOutcome;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.lang.System.Logger.Level;

/**
 * The end of a node, without losing anybody: refuse new connections, give every client a notice with a slot of its own,
 * close each at its slot ({@link Departures}), and cut what is left at the timeout. Meanwhile what clients send is still
 * read and published.
 *
 * <p>It goes forward by {@link #tick}, on one thread, and never waits.
 */
public final class Drain implements Departing {
    private static final System.Logger LOG = System.getLogger(Drain.class.getName());

    private final Hub hub;
    private final Departures departures;
    private final Settings.Drain settings;
    private final Metrics metrics;
    private final Clock clock;
    private volatile boolean draining;
    private boolean finished;
    private long begun;

    /**
     * A drain that has not begun.
     *
     * @param departures also those whom a rebalance has told to leave: they keep their slots
     */
    public Drain(Hub hub, Departures departures, Settings.Drain settings, Metrics metrics, Clock clock) {
        this.hub = hub;
        this.departures = departures;
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** True from the first notice on. Any thread. */
    @Override
    public boolean draining() {
        return draining;
    }

    @Override
    public int onTheirWay() {
        return departures.onTheirWay();
    }

    /** Refuses new connections and gives notice. */
    public void begin() {
        draining = true;
        begun = clock.nanoTime();
        hub.refuseConnections();
        LOG.log(
                Level.INFO,
                "Draining {0,number,#} connections: notice now, closes from {1} over {2}, the rest is cut after {3}",
                hub.connections().size(),
                settings.notice(),
                settings.window(),
                settings.timeout());
        advance(begun);
    }

    /**
     * Does what is due.
     *
     * @return true once everybody has left
     */
    public boolean tick() {
        if (!finished) {
            advance(clock.nanoTime());
        }
        return finished;
    }

    private void advance(long now) {
        // Everybody at the first tick; later only those whose handshake was under way when the drain began.
        departures.announce(departures.unaware(), begun, now, settings.notice(), settings.window());
        metrics.drainClosed(DrainOutcome.GRACEFUL).add(departures.countThoseWhoLeft());
        if (now - begun >= settings.timeout().toNanos()) {
            metrics.drainClosed(DrainOutcome.FORCED).add(departures.cutTheRest());
        } else {
            departures.closeThoseWhoseSlotHasCome();
        }
        finished = departures.size() == 0;
        if (finished) {
            LOG.log(
                    Level.INFO,
                    "Drained in {0,number,#} ms: {1,number,#} left gracefully, {2,number,#} were cut",
                    (now - begun) / 1_000_000,
                    metrics.drainClosed(DrainOutcome.GRACEFUL).value(),
                    metrics.drainClosed(DrainOutcome.FORCED).value());
        }
    }
}
