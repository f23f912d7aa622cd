package io.tidegate.drain;

import io.tidegate.hub.Connection;
import io.tidegate.hub.Hub;
import io.tidegate.protocol.CloseCode;
import io.tidegate.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The connections that have been told to leave, and when each of them leaves. Each connection gets a notice with its own
 * slot, and at that slot a close (1012) after what its queue holds. A connection whose client resumes is closed a little
 * later.
 *
 * <p>A drain and a rebalance share one schedule, so no connection is told twice, and a connection keeps its slot. One
 * thread.
 */
public final class DrainSchedule {
    /** A client that resumes opens its next connection at its slot, and then closes the old one by itself. */
    private static final long HAND_OVER_NANOS = 2_000_000_000L;

    private final Hub hub;
    private final Clock clock;
    private final RandomGenerator random;
    private final Map<Connection, Departure> departures = new HashMap<>();
    private volatile int onTheirWay;

    /**
     * When a connection leaves.
     *
     * @param slot when its client should connect to another node, by {@link Clock#nanoTime}
     * @param close when this node closes the connection if it is still open
     */
    private record Departure(long slot, long close) {}

    /**
     * No connection has been told to leave.
     *
     * @param random draws which connections leave, and when
     */
    public DrainSchedule(Hub hub, RandomGenerator random, Clock clock) {
        this.hub = hub;
        this.random = random;
        this.clock = clock;
    }

    /** Connections that have been told to leave and are still open. */
    public int size() {
        return departures.size();
    }

    /** Connections that have not been told to leave, in random order. */
    public List<Connection> unaware() {
        List<Connection> unaware = new ArrayList<>();
        for (Connection connection : hub.connections()) {
            if (!departures.containsKey(connection)) {
                unaware.add(connection);
            }
        }
        Collections.shuffle(unaware, java.util.Random.from(random));
        return unaware;
    }

    /**
     * Tells these connections to leave, at moments spread over a window.
     *
     * @param begun the start of notice and window; a connection whose moment has passed already leaves now
     * @param now the start of the delays that the clients are told
     */
    public void announce(Collection<Connection> leaving, long begun, long now, Duration notice, Duration window) {
        long elapsedMillis = (now - begun) / 1_000_000;
        long[] slots = DrainPlan.slots(leaving.size(), notice, window, random);
        int i = 0;
        for (Connection connection : leaving) {
            long slot = Math.max(slots[i++], elapsedMillis);
            long grace = connection.resumes() ? HAND_OVER_NANOS : 0;
            long at = begun + slot * 1_000_000;
            departures.put(connection, new Departure(at, at + grace));
            connection.announceShutdown(slot - elapsedMillis);
        }
    }

    /**
     * Removes connections that have ended.
     *
     * @return how many
     */
    public int countThoseWhoLeft() {
        int before = departures.size();
        departures.keySet().retainAll(hub.connections());
        return before - departures.size();
    }

    public void closeThoseWhoseSlotHasCome() {
        long now = clock.nanoTime();
        int due = 0;
        for (Map.Entry<Connection, Departure> each : departures.entrySet()) {
            if (now - each.getValue().slot() >= 0) {
                due++;
            }
            if (now - each.getValue().close() >= 0) {
                each.getKey().close(CloseCode.RESTART, CloseCode.RESTART.reason());
            }
        }
        onTheirWay = due;
    }

    /**
     * How many connections are still open although their slot has come. A client that resumes connects to another node
     * first, and so has two connections for a moment. Counted by the last {@link #closeThoseWhoseSlotHasCome}; any
     * thread.
     */
    public int onTheirWay() {
        return onTheirWay;
    }

    /**
     * Cuts the connections that are left, without a close frame.
     *
     * @return how many
     */
    int cutTheRest() {
        int left = departures.size();
        departures.keySet().forEach(Connection::abort);
        departures.clear();
        return left;
    }
}
