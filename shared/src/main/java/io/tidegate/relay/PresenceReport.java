package io.tidegate.relay;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A node's report on a topic's presence, and its question. Counts are absolute, so a repeated report changes nothing. A
 * report that arrives after a later one changes nothing either: a Redis that was frozen also reads the data that waits
 * on old connections.
 *
 * @param node an identifier that no other node has, and that this node did not have before its start; empty where the
 *     caller only asks
 * @param number greater than the number of the node's earlier reports
 * @param whole whether the counts are all counts of the node; if not, they are only those that have changed
 * @param watch for how long this node still needs the presence to be kept; zero where no subscriber of this node wants
 *     to see it
 * @param list whether the answer must have all users of the topic
 */
public record PresenceReport(
        String node, long number, boolean whole, Duration watch, boolean list, List<Count> counts) {
    /** For how long a topic's presence is kept after a back end has asked for it. */
    private static final Duration ASKED = Duration.ofSeconds(30);

    /**
     * The connections of a user on this node.
     *
     * @param age how long the user has been there, in milliseconds; used only for a user that was not there before
     */
    public record Count(Optional<String> user, int connections, long age) {}

    /** A question for all users of a topic. */
    public static PresenceReport question() {
        return new PresenceReport("", 0, false, ASKED, true, List.of());
    }

    boolean isOfNode() {
        return !node.isEmpty();
    }
}
