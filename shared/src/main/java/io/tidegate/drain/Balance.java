package io.tidegate.drain;

import io.tidegate.settings.Settings;
import java.util.Comparator;
import java.util.List;

/**
 * How many connections a node is to hand over: pure arithmetic.
 *
 * <p>All nodes reckon with the same reports, and each goes down to the mean and no further. What lies above a mean is as
 * much as what is missing below it: so nodes that hand over at the same time fill what room there is, and never more,
 * without a word to each other.
 *
 * @param mean what each node would hold, were all even
 */
record Balance(double mean) {

    /**
     * The mean of a fleet, as of water in vessels that are joined: a node whose limit lies below it counts as full, and the
     * others share what it cannot take. Nodes that drain are left out.
     */
    static Balance of(Census census) {
        List<Report> nodes = census.serving().stream()
                .sorted(Comparator.comparingInt(Report::limit))
                .toList();
        long connections = nodes.stream().mapToLong(Report::connections).sum();
        int left = nodes.size();
        for (Report node : nodes) {
            double mean = (double) connections / left;
            if (node.limit() >= mean) {
                return new Balance(mean);
            }
            connections -= node.limit();
            left--;
        }
        return new Balance(Double.POSITIVE_INFINITY);
    }

    /** Whether a node with so many holds so much more than its part that it should begin. */
    boolean isExceededBy(int connections, Settings.Rebalance settings) {
        return connections > mean * (1 + settings.tolerance()) && excess(connections) >= settings.minimum();
    }

    /**
     * How many of so many to hand over in the next interval; 0 at the mean, and below.
     *
     * @param connections without those who have been told to leave
     */
    int next(int connections, Settings.Rebalance settings) {
        double seconds = settings.interval().toMillis() / 1_000.0;
        return Math.min(excess(connections), (int) Math.ceil(connections * settings.share() * seconds));
    }

    /** How many of so many are above the mean. */
    int excess(int connections) {
        return Math.max(0, connections - (int) Math.ceil(mean));
    }
}
