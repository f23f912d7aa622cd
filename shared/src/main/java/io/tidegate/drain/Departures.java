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
public final class Departures {
    /** A client that resumes opens its next connection at its slot, and then closes this one by itself. */
    private static final long HAND_OVER_NANOS = 2_000_000_000L;

    private final Hub hub;
    private final Clock clock;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final Map<Connection, Long> closeAt = new HashMap<>();

    /** Nobody has been told to leave. */
    public Departures(Hub hub, Clock clock) {
        this.hub = hub;
        this.clock = clock;
    }

    /** Those who have been told and are still here. */
    int size() {
        return closeAt.size();
    }

    /** Those who have not been told, in random order. */
    List<Connection> unaware() {
        List<Connection> unaware = new ArrayList<>();
        for (Connection connection : hub.connections()) {
            if (!closeAt.containsKey(connection)) {
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
    void announce(Collection<Connection> leaving, long begun, long now, Duration notice, Duration window) {
        long elapsedMillis = (now - begun) / 1_000_000;
        long[] slots = DrainPlan.slots(leaving.size(), notice, window, random);
        int i = 0;
        for (Connection connection : leaving) {
            long slot = Math.max(slots[i++], elapsedMillis);
            long grace = connection.resumes() ? HAND_OVER_NANOS : 0;
            closeAt.put(connection, begun + slot * 1_000_000 + grace);
            connection.announceShutdown(slot - elapsedMillis);
        }
    }

    /**
     * Takes those who have left off the list.
     *
     * @return how many
     */
    int countThoseWhoLeft() {
        int before = closeAt.size();
        closeAt.keySet().retainAll(hub.connections());
        return before - closeAt.size();
    }

    void closeThoseWhoseSlotHasCome() {
        long now = clock.nanoTime();
        closeAt.forEach((connection, slot) -> {
            if (now - slot >= 0) {
                connection.close(CloseCode.RESTART, CloseCode.RESTART.reason());
            }
        });
    }

    /**
     * Ends the connections of those who are left without a word.
     *
     * @return how many
     */
    int cutTheRest() {
        int left = closeAt.size();
        closeAt.keySet().forEach(Connection::abort);
        closeAt.clear();
        return left;
    }
}
