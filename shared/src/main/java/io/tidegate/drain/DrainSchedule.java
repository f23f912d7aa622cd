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
 * Who has been told to leave, and when: a notice with a slot of its own for each, then a close (1012) at that slot, once
 * its queue is out; for one that hands itself over a little later.
 *
 * <p>A drain and a rebalance share one of these, so nobody is told twice, and who has a slot keeps it. One thread.
 */
public final class DrainSchedule {
    /** A client that resumes opens its next connection at its slot, and then closes this one by itself. */
    private static final long HAND_OVER_NANOS = 2_000_000_000L;

    private final Hub hub;
    private final Clock clock;
    private final RandomGenerator random;
    private final Map<Connection, Departure> departures = new HashMap<>();
    private volatile int onTheirWay;

    /**
     * When somebody leaves.
     *
     * @param slot when it is to come elsewhere, by {@link Clock#nanoTime}
     * @param close when it is closed, if it is still here
     */
    private record Departure(long slot, long close) {}

    /**
     * Nobody has been told to leave.
     *
     * @param random draws who leaves, and when
     */
    public DrainSchedule(Hub hub, RandomGenerator random, Clock clock) {
        this.hub = hub;
        this.random = random;
        this.clock = clock;
    }

    /** Those who have been told and are still here. */
    public int size() {
        return departures.size();
    }

    /** Those who have not been told, in random order. */
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
     * Tells these to leave, at moments spread over a window.
     *
     * @param begun since when notice and window count; whose moment has passed already leaves now
     * @param now what they are told counts from then
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
     * Takes those who have left off the list.
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
     * How many are still here though their slot has come: one that resumes connects elsewhere first, and is in two places for a
     * moment. As of the last {@link #closeThoseWhoseSlotHasCome}; any thread.
     */
    public int onTheirWay() {
        return onTheirWay;
    }

    /**
     * Ends the connections of those who are left without a word.
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
