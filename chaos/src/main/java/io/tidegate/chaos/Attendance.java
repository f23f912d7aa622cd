package io.tidegate.chaos;

import io.tidegate.workload.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The reports of a topic's users: for the log that judges the watchers, and as numbers. Any thread. */
final class Attendance {
    private final PresenceLog log;
    private final AtomicInteger live = new AtomicInteger();
    private final AtomicInteger moves = new AtomicInteger();
    private final Timeline reconnects = new Timeline();
    private final List<Long> outages = new ArrayList<>();

    Attendance(PresenceLog log) {
        this.log = log;
    }

    void came(String user) {
        live.incrementAndGet();
        reconnects.count();
        log.came(user);
    }

    /** @param at when, by {@code System.nanoTime} */
    void went(String user, long at) {
        live.decrementAndGet();
        log.went(user, at);
    }

    /** A user has moved to another server by a hand-over. */
    void moved() {
        moves.incrementAndGet();
    }

    /** A user who has not left had no connection for this long. */
    synchronized void wasWithout(long nanos) {
        outages.add(nanos);
    }

    int live() {
        return live.get();
    }

    int moves() {
        return moves.get();
    }

    Timeline reconnects() {
        return reconnects;
    }

    /** For how many nanoseconds users had no connection, in the order in which they came back. */
    synchronized List<Long> outages() {
        return List.copyOf(outages);
    }
}
