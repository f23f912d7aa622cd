package io.tidegate.fleet;

import java.util.List;
import java.util.stream.Stream;

/**
 * What all nodes have told, this one among them, half an interval after it has told its own: by then everybody has.
 *
 * @param own what this node has told
 * @param others what the other nodes have told last
 */
record Census(NodeReport own, List<NodeReport> others) {

    /** Those that take part in the fleet's work: who drains is left out. */
    List<NodeReport> serving() {
        return Stream.concat(Stream.of(own), others.stream())
                .filter(node -> !node.draining())
                .toList();
    }

    /**
     * Whether all that serve have told it in the same round, and so at about the same moment: then who moves from node to node
     * is counted once. Where nobody serves there is no sum: 0 would say that nobody is connected.
     */
    boolean isWhole() {
        return !serving().isEmpty() && serving().stream().allMatch(node -> node.round() == own.round());
    }

    /** Open ones, of all nodes that do not drain. Who moves counts where it arrives. */
    long connections() {
        return serving().stream()
                .mapToLong(node -> Math.max(0, node.connections() - node.moving()))
                .sum();
    }
}
