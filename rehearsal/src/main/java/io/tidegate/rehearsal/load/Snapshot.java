package io.tidegate.rehearsal.load;

import java.util.Map;

/**
 * How things are with virtual users.
 *
 * @param closes connections that ended other than by the users' own will, by their close code; 1006 where TCP ended
 * @param nodes clients of {@code tidegate.v1} by the node that serves them
 */
public record Snapshot(
        Connections connections, Messages messages, Map<Integer, Long> closes, Map<String, Integer> nodes) {

    /**
     * The users' connections.
     *
     * @param target how many are wanted
     * @param live how many are served, during a hand-over too
     * @param connecting how many have begun, for the first time or again, and are not served yet
     * @param reconnects connections after the first one of each client
     * @param handovers those of them between which service never ceased
     */
    public record Connections(int target, int live, int connecting, int reconnects, int handovers) {}

    /**
     * The load's messages, from the beginning; without the last ones, by which a run ends.
     *
     * @param pending published by these users and not acknowledged
     * @param gaps how often a client was told that something is missing
     */
    public record Messages(long published, long acknowledged, long received, int pending, long gaps) {}
}
