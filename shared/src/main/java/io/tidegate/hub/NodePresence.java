package io.tidegate.hub;

import io.tidegate.protocol.Position;
import io.tidegate.relay.PresenceAnswer;
import io.tidegate.relay.PresenceAnswer.Outcome;
import io.tidegate.relay.PresenceReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The users whom this node has in one topic, joined from the reports of its write loops. The relay counts nodes, so it
 * gets one report for all loops. For {@link NodeTopics} alone.
 *
 * <p>One report is under way at a time. No report goes out before every loop of the topic has reported its users:
 * otherwise the relay would take an incomplete list for the node's complete list.
 */
final class NodePresence {
    private static final PresenceAnswer SAY_ALL =
            new PresenceAnswer(Outcome.UNKNOWN, false, Position.NONE, Optional.empty());

    private final Presences.Self self;
    private final int loops;
    private final Map<Optional<String>, User> users = new LinkedHashMap<>();
    private final Set<Optional<String>> changed = new LinkedHashSet<>();
    private final List<Asking> waiting = new ArrayList<>();
    private List<Asking> underWay = List.of();
    private boolean whole;
    private boolean unwatched;

    /** The loops that have reported all of their users; one bit for each loop. */
    private int known;

    private int asked;

    /** Takes the answer to a loop's report, on any thread. The answer is null where the relay could not be reached. */
    @FunctionalInterface
    interface Told {
        void answered(@Nullable PresenceAnswer answer);
    }

    private record Asking(PresenceReport report, Told told) {}

    /** A user's connections by loop, and when the first of them came, in milliseconds since the epoch. */
    private static final class User {
        private final int[] connections;
        private long since;

        User(int loops, long since) {
            this.connections = new int[loops];
            this.since = since;
        }

        int all() {
            return Arrays.stream(connections).sum();
        }
    }

    /** No loop has reported yet. */
    NodePresence(Presences.Self self, int loops) {
        this.self = self;
        this.loops = loops;
    }

    /** Takes a loop's report. It becomes part of the node's next report to the relay. */
    void add(int loop, PresenceReport report, Told told) {
        int bit = 1 << loop;
        if (report.whole()) {
            known |= bit;
            asked &= ~bit;
        } else if ((known & bit) == 0) {
            told.answered(SAY_ALL);
            return;
        }
        if (report.whole()) {
            whole = true;
            users.forEach((name, user) -> {
                if (user.connections[loop] > 0) {
                    user.connections[loop] = 0;
                    changed.add(name);
                }
            });
        }
        long now = self.clock().epochMillis();
        for (PresenceReport.Count count : report.counts()) {
            long since = now - count.age();
            User user = users.computeIfAbsent(count.user(), name -> new User(loops, since));
            user.connections[loop] = count.connections();
            user.since = Math.min(user.since, since);
            changed.add(count.user());
        }
        waiting.add(new Asking(report, told));
    }

    /** This loop has been asked to report all of its users. */
    void asked(int loop) {
        asked |= 1 << loop;
    }

    boolean isAsked(int loop) {
        return (asked & (1 << loop)) != 0;
    }

    /** Those of these loops that have not reported all of their users; a bit for each loop. */
    int silent(int of) {
        return of & ~known;
    }

    /** Whether reports wait, and none is under way. */
    boolean isDue() {
        return underWay.isEmpty() && !waiting.isEmpty();
    }

    /**
     * Whether this presence can be forgotten.
     *
     * @param of the loops that want the topic; a bit for each
     */
    boolean isOver(int of) {
        return underWay.isEmpty() && waiting.isEmpty() && (unwatched || (of == 0 && users.isEmpty()));
    }

    /**
     * Makes one report of the node from all reports that wait.
     *
     * @param number greater than that of any earlier report of the node
     */
    PresenceReport report(long number) {
        long now = self.clock().epochMillis();
        List<PresenceReport.Count> counts = new ArrayList<>();
        for (Optional<String> name : changed) {
            User user = users.get(name);
            if (user != null && user.all() == 0) {
                users.remove(name);
                counts.add(new PresenceReport.Count(name, 0, 0));
            } else if (user != null && !whole) {
                counts.add(count(name, user, now));
            }
        }
        if (whole) {
            counts.clear();
            users.forEach((name, user) -> counts.add(count(name, user, now)));
        }
        Duration watch = Duration.ZERO;
        boolean list = false;
        for (Asking asking : waiting) {
            watch = asking.report().watch().compareTo(watch) > 0
                    ? asking.report().watch()
                    : watch;
            list |= asking.report().list();
        }
        PresenceReport report = new PresenceReport(self.node(), number, whole, watch, list, counts);
        underWay = List.copyOf(waiting);
        waiting.clear();
        changed.clear();
        whole = false;
        return report;
    }

    private static PresenceReport.Count count(Optional<String> name, User user, long now) {
        return new PresenceReport.Count(name, user.all(), Math.max(0, now - user.since));
    }

    /** The relay has answered the last report. */
    void answered(@Nullable PresenceAnswer answer) {
        List<Asking> answered = underWay;
        underWay = List.of();
        // Either it is unknown what the relay took, or the relay knows nothing.
        whole |= answer == null || answer.outcome() == Outcome.UNKNOWN;
        answered.forEach(asking -> asking.told().answered(answer == null ? null : of(answer, asking.report())));
        if (answer != null && answer.outcome() == Outcome.UNWATCHED) {
            // The loops of the answered reports forget the topic. The loops that have reported meanwhile begin again.
            unwatched = true;
            waiting.forEach(asking -> asking.told().answered(SAY_ALL));
            waiting.clear();
        }
    }

    /** Only a loop that asked for the list gets it. Another loop may know a later list. */
    private static PresenceAnswer of(PresenceAnswer answer, PresenceReport report) {
        return report.list()
                ? answer
                : new PresenceAnswer(answer.outcome(), answer.settled(), answer.version(), Optional.empty());
    }
}
