package io.tidegate.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * The presence in a topic, as the users themselves report it, and the errors in what watchers are told. Any thread.
 *
 * <p>A user who is away for less than the linger time has not left. A user who is away for longer may be reported as
 * left, and must be reported when the time that a server takes for it is over.
 */
final class PresenceLog {
    private static final long NOT_AWAY = Long.MAX_VALUE;

    /** The time for a report to reach a watcher, also between two threads of a busy machine. */
    private static final Duration TRAVEL = Duration.ofSeconds(5);

    private final long lingerNanos;
    private final long settledNanos;
    private final LongSupplier nanoTime;
    private final Map<String, User> users = new HashMap<>();
    private final List<String> defects = new ArrayList<>();
    private int leaves;
    private int joins;

    private static final class User {
        private long awaySince = NOT_AWAY;

        /** Whether the user was away for at least the linger time, and when it last came back after that. */
        private boolean wasAway;

        private long backSince;
    }

    /**
     * No user is there.
     *
     * @param linger a user who is away for less than this has not left
     * @param settled a user who is away for longer than this must have left
     */
    PresenceLog(Duration linger, Duration settled, LongSupplier nanoTime) {
        this.lingerNanos = linger.toNanos();
        this.settledNanos = settled.toNanos();
        this.nanoTime = nanoTime;
    }

    /** A user is about to connect. */
    synchronized void connects(String name) {
        users.computeIfAbsent(name, key -> new User()).awaySince = nanoTime.getAsLong();
    }

    /** A user is subscribed, for the first time or again. */
    synchronized void came(String name) {
        long now = nanoTime.getAsLong();
        User user = users.computeIfAbsent(name, key -> new User());
        if (user.awaySince != NOT_AWAY && now - user.awaySince >= lingerNanos) {
            user.wasAway = true;
            user.backSince = now;
        }
        user.awaySince = NOT_AWAY;
    }

    /**
     * A user's connection has ended.
     *
     * @param at when, by the clock of this log; on a busy machine the report may come later
     */
    synchronized void went(String name, long at) {
        User user = users.get(name);
        if (user != null && user.awaySince == NOT_AWAY) {
            user.awaySince = at;
        }
    }

    /** A watcher is told that a user has come. */
    synchronized void joined(String watcher, String name) {
        joins++;
        if (!users.containsKey(name)) {
            defects.add(watcher + " was told that " + name + " came, of whom nobody knows");
        }
    }

    /** A watcher is told that a user has left. */
    synchronized void left(String watcher, String name) {
        leaves++;
        long now = nanoTime.getAsLong();
        User user = users.get(name);
        boolean isAway = user != null && user.awaySince != NOT_AWAY && now - user.awaySince >= lingerNanos;
        boolean wasAway = user != null && user.wasAway && now - user.backSince <= TRAVEL.toNanos();
        if (!isAway && !wasAway) {
            defects.add(watcher + " was told that " + name + " left, who "
                    + (user == null
                            ? "was never there"
                            : user.awaySince == NOT_AWAY
                                    ? "is there"
                                    : "was away for " + (now - user.awaySince) / 1_000_000 + " ms"));
        }
    }

    /** The presence that a watcher sees now, long enough after the last fault. */
    synchronized void shown(String watcher, Set<String> names) {
        long now = nanoTime.getAsLong();
        for (String name : new TreeSet<>(names)) {
            User user = users.get(name);
            if (user == null || (user.awaySince != NOT_AWAY && now - user.awaySince >= settledNanos)) {
                defects.add(watcher + " is shown " + name + ", who is not there");
            }
        }
        users.forEach((name, user) -> {
            if (user.awaySince == NOT_AWAY && !names.contains(name)) {
                defects.add(watcher + " is not shown " + name + ", who is there");
            }
        });
    }

    /** The number of changes that watchers were told so far. */
    record Told(int joins, int leaves) {}

    synchronized Told told() {
        return new Told(joins, leaves);
    }

    synchronized List<String> defects() {
        return List.copyOf(defects);
    }

    /** For a human. */
    synchronized String text() {
        return users.size() + " users, " + joins + " joins and " + leaves + " leaves told, " + defects.size()
                + " wrong";
    }
}
