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
 * Whom this node has in one topic, made of what its write loops report: the relay counts nodes, so it gets one report of all
 * loops. For {@link NodeTopics} alone.
 *
 * <p>One report is under way at a time, and none goes out before every loop of the topic has said whom it has: the relay would
 * take the node's users for complete.
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

    /** The loops that have said all that they have, and those that are asked for it; one bit for each. */
    private int known;

    private int asked;

    /** Takes the answer to a loop's report, on whatever thread; null where the relay could not be reached. */
    @FunctionalInterface
    interface Told {
        void answered(@Nullable PresenceAnswer answer);
    }

    private record Asking(PresenceReport report, Told told) {}

    /** A user's connections, loop by loop, and when the first of them came, in milliseconds since the epoch. */
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

    /** Nobody has reported. */
    NodePresence(Presences.Self self, int loops) {
        this.self = self;
        this.loops = loops;
    }

    /** A loop reports. What it says is part of the next report that goes to the relay. */
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

    /** This loop is asked to say all that it has. */
    void asked(int loop) {
        asked |= 1 << loop;
    }

    boolean isAsked(int loop) {
        return (asked & (1 << loop)) != 0;
    }

    /** Those of these loops of which it is not known whom they have; a bit for each. */
    int silent(int of) {
        return of & ~known;
    }

    /** Whether something waits to be reported, and nothing is under way. */
    boolean isDue() {
        return underWay.isEmpty() && !waiting.isEmpty();
    }

    /**
     * Whether it can be forgotten.
     *
     * @param of the loops that want the topic; a bit for each
     */
    boolean isOver(int of) {
        return underWay.isEmpty() && waiting.isEmpty() && (unwatched || (of == 0 && users.isEmpty()));
    }

    /**
     * All that waits, as one report of the node.
     *
     * @param number more than that of any report of the node before
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

    /** The relay has answered the report that was made last. */
    void answered(@Nullable PresenceAnswer answer) {
        List<Asking> answered = underWay;
        underWay = List.of();
        // Nobody knows what was taken, or the relay knows nothing.
        whole |= answer == null || answer.outcome() == Outcome.UNKNOWN;
        answered.forEach(asking -> asking.told().answered(answer == null ? null : of(answer, asking.report())));
        if (answer != null && answer.outcome() == Outcome.UNWATCHED) {
            // The loops of these reports forget the topic; who has reported meanwhile begins again.
            unwatched = true;
            waiting.forEach(asking -> asking.told().answered(SAY_ALL));
            waiting.clear();
        }
    }

    /** The list is for those who have asked for it: the others may know a later one. */
    private static PresenceAnswer of(PresenceAnswer answer, PresenceReport report) {
        return report.list()
                ? answer
                : new PresenceAnswer(answer.outcome(), answer.settled(), answer.version(), Optional.empty());
    }
}
