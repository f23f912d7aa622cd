package io.tidegate.relay;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a node says of a topic's presence, and asks. Counts are absolute, so a report that is made twice changes nothing. One that
 * comes after a later one changes nothing either: a Redis that was frozen reads what waits for it on old connections, too.
 *
 * @param node unlike the name of any other node, and of its own earlier starts; empty where it only asks
 * @param number more than that of the node's reports before
 * @param whole whether the counts are all that the node has; else those that have changed
 * @param watch for how long the presence is still to be kept because of this node; zero where nobody here wants to see it
 * @param list whether the answer is to have everybody who is there
 */
public record PresenceReport(
        String node, long number, boolean whole, Duration watch, boolean list, List<Count> counts) {
    /** For how long a topic's presence is kept after a back end has asked for it. */
    private static final Duration ASKED = Duration.ofSeconds(30);

    /**
     * The connections of a user on this node.
     *
     * @param age how long the user has been there already, in milliseconds; counts for who was not there before
     */
    public record Count(Optional<String> user, int connections, long age) {}

    /** Asks who is there. */
    public static PresenceReport question() {
        return new PresenceReport("", 0, false, ASKED, true, List.of());
    }

    boolean isOfNode() {
        return !node.isEmpty();
    }
}
