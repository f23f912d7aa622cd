package io.tidegate.fleet;

import io.tidegate.settings.Settings;
import java.util.Comparator;
import java.util.List;

/**
 * How many connections a node is to hand over: pure arithmetic.
 *
 * <p>All nodes reckon with the same reports, and each goes down to the mean and no further. What lies above a mean is as
 * much as what is missing below it: so nodes that hand over at the same time fill what room there is, and never more,
 * without asking each other.
 *
 * @param mean what each node would hold, were all even
 * @param emptiest what the emptiest node holds of what it would then, 1 where it holds just that
 */
record Balance(double mean, double emptiest) {

    /**
     * The mean of a fleet. A node whose limit lies below it counts as full, and the others share what it cannot take. Nodes
     * that drain are left out.
     */
    static Balance of(Census census) {
        List<NodeReport> nodes = census.serving().stream()
                .sorted(Comparator.comparingInt(NodeReport::limit))
                .toList();
        long connections = nodes.stream().mapToLong(NodeReport::connections).sum();
        int left = nodes.size();
        for (NodeReport node : nodes) {
            double mean = (double) connections / left;
            if (node.limit() >= mean) {
                return new Balance(mean, emptiest(nodes, mean));
            }
            connections -= node.limit();
            left--;
        }
        return new Balance(Double.POSITIVE_INFINITY, 1);
    }

    private static double emptiest(List<NodeReport> nodes, double mean) {
        return nodes.stream()
                .mapToDouble(node -> node.connections() / Math.min(mean, node.limit()))
                .min()
                .orElse(1);
    }

    /**
     * Whether a node with so many should begin: it holds so much more than its part, or another holds so much less. An empty one
     * among ten lacks a whole part, of which each of the others has only a ninth too much.
     */
    boolean isExceededBy(int connections, Settings.Rebalance settings) {
        boolean uneven = connections > mean * (1 + settings.tolerance()) || emptiest < 1 - settings.tolerance();
        return uneven && excess(connections) >= settings.minimum();
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
