package io.tidegate.drain;

import io.tidegate.hub.Connection;
import io.tidegate.hub.Hub;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.DrainOutcome;
import io.tidegate.protocol.CloseCode;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The end of a node, without losing anybody: refuse new connections, give every client a notice with a slot of its own,
 * close each at its slot once its queue is out (one that hands itself over a little later), and cut what is left at the
 * timeout. Meanwhile what clients send is still
 * read and published.
 *
 * <p>It goes forward by {@link #tick}, on one thread, and never waits.
 */
public final class Drain {
    private static final System.Logger LOG = System.getLogger(Drain.class.getName());

    /** A client that resumes opens its next connection at its slot, and then closes this one by itself. */
    private static final long HAND_OVER_NANOS = 2_000_000_000L;

    private final Hub hub;
    private final Settings.Drain settings;
    private final Metrics metrics;
    private final Clock clock;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final Map<Connection, Long> closeAt = new HashMap<>();
    private volatile boolean draining;
    private boolean finished;
    private long begun;

    /** A drain that has not begun. */
    public Drain(Hub hub, Settings.Drain settings, Metrics metrics, Clock clock) {
        this.hub = hub;
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** True from the first notice on. Any thread. */
    public boolean draining() {
        return draining;
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
        giveNotice(now);
        countThoseWhoLeft();
        if (now - begun >= settings.timeout().toNanos()) {
            cutTheRest();
        } else {
            closeThoseWhoseSlotHasCome(now);
        }
        finished = closeAt.isEmpty();
        if (finished) {
            LOG.log(
                    Level.INFO,
                    "Drained in {0,number,#} ms: {1,number,#} left gracefully, {2,number,#} were cut",
                    (now - begun) / 1_000_000,
                    metrics.drainClosed(DrainOutcome.GRACEFUL).value(),
                    metrics.drainClosed(DrainOutcome.FORCED).value());
        }
    }

    /** To everybody at the first tick; later only to those whose handshake was under way when the drain began. */
    private void giveNotice(long now) {
        List<Connection> unaware = new ArrayList<>();
        for (Connection connection : hub.connections()) {
            if (!closeAt.containsKey(connection)) {
                unaware.add(connection);
            }
        }
        Collections.shuffle(unaware, java.util.Random.from(random));
        long elapsedMillis = (now - begun) / 1_000_000;
        long[] slots = DrainPlan.slots(unaware.size(), settings, random);
        for (int i = 0; i < slots.length; i++) {
            Connection connection = unaware.get(i);
            long slot = Math.max(slots[i], elapsedMillis);
            long grace = connection.resumes() ? HAND_OVER_NANOS : 0;
            closeAt.put(connection, begun + slot * 1_000_000 + grace);
            connection.announceShutdown(slot - elapsedMillis);
        }
    }

    private void countThoseWhoLeft() {
        Iterator<Connection> known = closeAt.keySet().iterator();
        while (known.hasNext()) {
            if (!hub.connections().contains(known.next())) {
                known.remove();
                metrics.drainClosed(DrainOutcome.GRACEFUL).increment();
            }
        }
    }

    private void closeThoseWhoseSlotHasCome(long now) {
        closeAt.forEach((connection, slot) -> {
            if (now - slot >= 0) {
                connection.close(CloseCode.RESTART, CloseCode.RESTART.reason());
            }
        });
    }

    private void cutTheRest() {
        closeAt.keySet().forEach(connection -> {
            metrics.drainClosed(DrainOutcome.FORCED).increment();
            connection.abort();
        });
        closeAt.clear();
    }
}
