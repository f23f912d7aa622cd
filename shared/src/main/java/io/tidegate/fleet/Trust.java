package io.tidegate.fleet;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which nodes have room for more clients. A node may report few connections because no client can reach it: the load
 * balancer does not know the node, or the node does not exist. Clients that are asked to move to such a node come back
 * to the node that they left. So first only a few clients are asked. A node below the mean that none of them reaches is
 * left out until it reports more connections, or for some time. The first time is short, because a pod that has just
 * started may be reachable a little later.
 *
 * <p>Its owner is the {@link Rebalance}; times are nanoseconds of one clock.
 */
final class Trust {
    private static final long FIRST_DOUBT_NANOS = Duration.ofMinutes(2).toNanos();
    private static final long LAST_DOUBT_NANOS = Duration.ofHours(1).toNanos();
    private static final int LONGER = 5;

    /**
     * A node that no client has reached.
     *
     * @param nanos for how long the node is left out, from {@code since} on
     */
    private record Doubt(int connections, long since, long nanos) {
        boolean isOver(long now) {
            return now - since >= nanos;
        }
    }

    /** The connections that the nodes below the mean held when the trial began. */
    private final Map<String, Integer> before = new HashMap<>();

    private final Map<String, Doubt> doubts = new HashMap<>();

    /** The census without the nodes that are left out. */
    Census of(Census census, long now) {
        Map<String, Integer> held = new HashMap<>();
        census.others().forEach(node -> held.put(node.instance(), node.connections()));
        doubts.entrySet().removeIf(entry -> {
            Doubt doubt = entry.getValue();
            Integer holds = held.get(entry.getKey());
            return holds == null || holds > doubt.connections;
        });
        if (doubts.isEmpty()) {
            return census;
        }
        List<NodeReport> trusted =
                census.others().stream().filter(node -> !isDoubted(node, now)).toList();
        return new Census(census.own(), trusted);
    }

    private boolean isDoubted(NodeReport node, long now) {
        Doubt doubt = doubts.get(node.instance());
        return doubt != null && !doubt.isOver(now);
    }

    /** Some clients are about to leave for the nodes below the mean. */
    void begin(Census census, double mean) {
        before.clear();
        census.others().stream()
                .filter(node -> !node.draining() && node.connections() < mean)
                .forEach(node -> before.put(node.instance(), node.connections()));
    }

    /** The clients have left, and are counted where they have arrived. */
    void end(Census census, long now) {
        for (NodeReport node : census.others()) {
            Integer held = before.get(node.instance());
            if (held != null && node.connections() <= held && !isDoubted(node, now)) {
                Doubt last = doubts.get(node.instance());
                long nanos = last == null ? FIRST_DOUBT_NANOS : Math.min(LAST_DOUBT_NANOS, last.nanos * LONGER);
                doubts.put(node.instance(), new Doubt(node.connections(), now, nanos));
            }
        }
        before.clear();
    }
}
