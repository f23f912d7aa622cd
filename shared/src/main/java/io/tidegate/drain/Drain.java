package io.tidegate.drain;

import io.tidegate.hub.Hub;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.DrainOutcome;
import io.tidegate.settings.Durations;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import io.tidegate.tracing.Step;
import io.tidegate.tracing.Tracing;
import java.lang.System.Logger.Level;

/**
 * Ends a node in order: refuses new connections, gives every client a notice with its own slot, closes each connection at
 * its slot ({@link DrainSchedule}), and cuts the connections that are left at the timeout. Until then clients' messages
 * are still read and published.
 *
 * <p>It advances by {@link #tick}, on one thread, and never waits.
 */
public final class Drain implements Departing {
    private static final System.Logger LOG = System.getLogger(Drain.class.getName());

    private final Hub hub;
    private final DrainSchedule schedule;
    private final Settings.Drain settings;
    private final Metrics metrics;
    private final Clock clock;
    private volatile boolean draining;
    private boolean finished;
    private Tracing.Span span = Tracing.Span.NONE;
    private long begun;

    /**
     * A drain that has not begun.
     *
     * @param schedule may already have connections that a rebalance has told to leave; they keep their slots
     */
    public Drain(Hub hub, DrainSchedule schedule, Settings.Drain settings, Metrics metrics, Clock clock) {
        this.hub = hub;
        this.schedule = schedule;
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
        return schedule.onTheirWay();
    }

    /** Refuses new connections and gives notice. */
    public void begin() {
        draining = true;
        begun = clock.nanoTime();
        span = hub.traces().begin(Step.DRAIN, "", "");
        hub.refuseConnections();
        LOG.log(
                Level.INFO,
                "Draining {0,number,#} connections: notice now, closes begin after {1} and are spread over {2}, the"
                        + " remaining ones are cut after {3}",
                hub.connections().size(),
                Durations.text(settings.notice()),
                Durations.text(settings.window()),
                Durations.text(settings.timeout()));
        advance(begun);
    }

    /**
     * Does what is due.
     *
     * @return true once all connections have left
     */
    public boolean tick() {
        if (!finished) {
            advance(clock.nanoTime());
        }
        return finished;
    }

    private void advance(long now) {
        // The first tick announces to all. Later ticks announce to connections whose handshake was then under way.
        schedule.announce(schedule.unaware(), begun, now, settings.notice(), settings.window());
        metrics.drainClosed(DrainOutcome.GRACEFUL).add(schedule.countThoseWhoLeft());
        boolean late = now - begun >= settings.timeout().toNanos();
        if (late) {
            metrics.drainClosed(DrainOutcome.FORCED).add(schedule.cutTheRest());
        } else {
            schedule.closeThoseWhoseSlotHasCome();
        }
        // A connection with a permit but without a place in the schedule is in the middle of its handshake.
        finished = schedule.size() == 0 && (late || hub.admission().open() == 0);
        if (finished) {
            long cut = metrics.drainClosed(DrainOutcome.FORCED).value();
            span.end(cut == 0 ? "" : cut + " connections were cut");
            LOG.log(
                    Level.INFO,
                    "Drained in {0,number,#} ms: {1,number,#} left gracefully, {2,number,#} were cut",
                    (now - begun) / 1_000_000,
                    metrics.drainClosed(DrainOutcome.GRACEFUL).value(),
                    cut);
        }
    }
}
