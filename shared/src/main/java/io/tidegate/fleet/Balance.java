package io.tidegate.fleet;

import io.tidegate.settings.Settings;
import java.util.Comparator;
import java.util.List;

/**
 * Computes how many connections a node must hand over. Pure arithmetic.
 *
 * <p>All nodes compute with the same reports, and each goes down to the mean and no further. The connections above the
 * mean are as many as those that are missing below it. So nodes that hand over at the same time fill the free places,
 * and never more, without asking each other.
 *
 * @param mean what each node would hold if all held the same
 * @param emptiest what the emptiest node holds, divided by what it would hold if all held the same; 1 where these are
 *     equal
 */
record Balance(double mean, double emptiest) {

    /**
     * Computes the mean of a fleet. A node whose limit is below the mean counts as full, and the other nodes share the
     * connections that it cannot take. Nodes that drain are left out.
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
     * Whether a node with this number of connections should begin: it holds more than the tolerance above the mean, or
     * another node holds less than the tolerance below it. An empty node among ten lacks a whole share; each of the
     * other nodes then has only a ninth too much.
     */
    boolean isExceededBy(int connections, Settings.Rebalance settings) {
        boolean uneven = connections > mean * (1 + settings.tolerance()) || emptiest < 1 - settings.tolerance();
        return uneven && excess(connections) >= settings.minimum();
    }

    /**
     * How many connections to hand over in the next interval; 0 at the mean and below.
     *
     * @param connections the node's connections, without those that have been told to leave
     */
    int next(int connections, Settings.Rebalance settings) {
        double seconds = settings.interval().toMillis() / 1_000.0;
        return Math.min(excess(connections), (int) Math.ceil(connections * settings.share() * seconds));
    }

    /** How many of these connections are above the mean. */
    int excess(int connections) {
        return Math.max(0, connections - (int) Math.ceil(mean));
    }
}
