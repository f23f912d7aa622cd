package io.tidegate.fleet;

import java.util.List;
import java.util.stream.Stream;

/**
 * The last reports of all nodes, this node included. A census is made half an interval after this node's own report: by
 * then all nodes have reported.
 *
 * @param own the last report of this node
 * @param others the last reports of the other nodes
 */
record Census(NodeReport own, List<NodeReport> others) {

    /** The nodes that take part in the fleet's work. Nodes that drain are left out. */
    List<NodeReport> serving() {
        return Stream.concat(Stream.of(own), others.stream())
                .filter(node -> !node.draining())
                .toList();
    }

    /**
     * Whether all nodes that do not drain have reported in the same round, and so at about the same moment. Then a
     * client that moves between nodes is counted once. Where all nodes drain there is no sum: 0 would mean that no
     * client is connected.
     */
    boolean isWhole() {
        return !serving().isEmpty() && serving().stream().allMatch(node -> node.round() == own.round());
    }

    /** The open connections of all nodes that do not drain. A connection that moves counts where it arrives. */
    long connections() {
        return serving().stream()
                .mapToLong(node -> Math.max(0, node.connections() - node.moving()))
                .sum();
    }
}
