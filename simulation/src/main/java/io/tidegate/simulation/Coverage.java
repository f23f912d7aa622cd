package io.tidegate.simulation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The possible events of a run with their counts, so that an event that never happened is noticed. */
final class Coverage {
    private static final List<String> EVENTS = List.of(
            "client CONNECTING",
            "client HANDING_OVER",
            "client LEAVING",
            "client LIVE",
            "client RESUMING",
            "client WAITING",
            "closed with 1000",
            "closed with 1011",
            "closed with 1012",
            "closed with 1013",
            "done at Redis by a link that was lost",
            "drained",
            "flood",
            "gap told to a client",
            "gap told to an improviser",
            "handshake",
            "handshake refused",
            "improviser resumes",
            "improviser resumes from before a gap",
            "link lost",
            "messages acknowledged",
            "messages delivered",
            "owner stepped late",
            "packet lost",
            "partial write",
            "plain message",
            "publish refused",
            "reader held back",
            "redis attach",
            "redis history",
            "redis publish",
            "redis subscribe");

    private Coverage() {}

    /** All possible events; those that did not happen have 0. */
    static Map<String, Long> of(Map<String, Long> seen) {
        Map<String, Long> all = new TreeMap<>(seen);
        Stream.of(Fault.values()).forEach(fault -> all.putIfAbsent("fault " + fault, 0L));
        EVENTS.forEach(event -> all.putIfAbsent(event, 0L));
        return all;
    }

    /** The events that never happened. */
    static List<String> missing(Map<String, Long> seen) {
        return of(seen).entrySet().stream()
                .filter(entry -> entry.getValue() == 0)
                .map(Map.Entry::getKey)
                .toList();
    }
}
