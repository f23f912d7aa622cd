package io.tidegate.workload;

import java.util.Map;

/**
 * The state of virtual users.
 *
 * @param closes connections that the users did not end themselves, by close code; 1006 where TCP ended without one
 * @param nodes clients of {@code tidegate.v1} by the node that serves them
 */
public record Snapshot(
        Connections connections, Messages messages, Map<Integer, Long> closes, Map<String, Integer> nodes) {

    /**
     * The users' connections.
     *
     * @param target how many are wanted
     * @param live how many are served, also during a hand-over
     * @param reconnects connections after the first one of each client
     * @param handovers the reconnects without an interruption of service
     */
    public record Connections(int target, int live, int reconnects, int handovers) {}

    /**
     * The load's messages from the beginning, without the last ones that end a run.
     *
     * @param gaps how often a client was told that messages are missing
     */
    public record Messages(long published, long acknowledged, long received, long gaps) {}
}
