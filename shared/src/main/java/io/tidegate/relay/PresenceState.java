package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Present;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The presence of one topic. Each step does the same as {@code presence.lua} does in Redis. Not thread-safe.
 *
 * <p>The clock of the presence advances only while at least one node was able to report. So no user expires while Redis
 * is down.
 */
final class PresenceState {
    private final PresenceTimes times;
    private final Map<Optional<String>, User> users = new LinkedHashMap<>();
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private @Nullable String epoch;
    private long version;
    private long clock;
    private long last;
    private long watch;
    private boolean settled;
    private int expected;
    private long settleBy;

    private static final class User {
        private final long since;
        private int connections;

        /** When the user expires if it has no connection. This time is counted from the last report on the user. */
        private long end;

        User(long since) {
            this.since = since;
        }

        User copy() {
            User copy = new User(since);
            copy.connections = connections;
            copy.end = end;
            return copy;
        }
    }

    private static final class Node {
        private final Map<Optional<String>, Integer> counts = new HashMap<>();
        private long lease;
        private long number;

        Node copy() {
            Node copy = new Node();
            copy.counts.putAll(counts);
            copy.lease = lease;
            copy.number = number;
            return copy;
        }
    }

    PresenceState(PresenceTimes times) {
        this.times = times;
    }

    /** An independent copy. */
    PresenceState copy() {
        PresenceState copy = new PresenceState(times);
        users.forEach((name, user) -> copy.users.put(name, user.copy()));
        nodes.forEach((name, node) -> copy.nodes.put(name, node.copy()));
        copy.epoch = epoch;
        copy.version = version;
        copy.clock = clock;
        copy.last = last;
        copy.watch = watch;
        copy.settled = settled;
        copy.expected = expected;
        copy.settleBy = settleBy;
        return copy;
    }

    /** Whether the state is too old to be used. */
    boolean isOver(long now) {
        return now - last > times.state();
    }

    boolean isKnown() {
        return epoch != null;
    }

    /**
     * Takes a report.
     *
     * @param now milliseconds since 1970
     * @param trust for how many milliseconds other nodes were able to report too, as far as the node knows
     * @param epochs returns a new epoch at each call
     * @param publish sends the change to the topic's nodes, and returns their number
     */
    PresenceAnswer report(
            PresenceReport report,
            long now,
            long trust,
            Supplier<String> epochs,
            ToIntFunction<PresenceChange> publish) {
        String fresh = epochs.get();
        long time = clock + Math.clamp(now - last, 0, Math.max(times.untended(), trust));
        boolean begins = epoch == null || watch <= time;
        if (begins && report.watch().isZero()) {
            return new PresenceAnswer(PresenceAnswer.Outcome.UNWATCHED, true, new Position("0", 0), Optional.empty());
        }
        if (begins) {
            begin(fresh);
        }
        clock = time;
        last = now;
        watch = Math.max(watch, clock + report.watch().toMillis());
        Set<Optional<String>> changed = new LinkedHashSet<>();
        sweep(changed);
        boolean known = !report.isOfNode() || report.whole() || nodes.containsKey(report.node());
        if (known && report.isOfNode() && !isLate(report)) {
            take(report, now, changed);
        }
        boolean settles = !begins && !settled && (nodes.size() >= expected || clock >= settleBy);
        settled |= settles;
        if (begins || settles || !changed.isEmpty()) {
            version++;
            int told = publish.applyAsInt(new PresenceChange(position(), settled, presents(changed)));
            if (begins) {
                expected = told;
                settleBy = clock + times.settling();
                settled = nodes.size() >= told;
            }
        }
        Optional<List<Present>> list = report.list() ? Optional.of(presents(users.keySet())) : Optional.empty();
        return new PresenceAnswer(
                known ? PresenceAnswer.Outcome.TAKEN : PresenceAnswer.Outcome.UNKNOWN, settled, position(), list);
    }

    private boolean isLate(PresenceReport report) {
        Node node = nodes.get(report.node());
        return node != null && report.number() <= node.number;
    }

    private void begin(String fresh) {
        epoch = fresh;
        version = 0;
        settled = false;
        users.clear();
        nodes.clear();
    }

    /** Removes the users that did not come back in time, and the users of a node that no longer reports. */
    private void sweep(Set<Optional<String>> changed) {
        users.entrySet().removeIf(entry -> {
            boolean over = entry.getValue().connections == 0 && entry.getValue().end <= clock;
            return over && changed.add(entry.getKey());
        });
        nodes.values().removeIf(node -> {
            if (node.lease > clock) {
                return false;
            }
            node.counts.forEach((name, count) -> {
                User user = users.get(name);
                if (user != null) {
                    user.connections = Math.max(0, user.connections - count);
                    if (user.connections == 0 && user.end <= clock) {
                        users.remove(name);
                    }
                    changed.add(name);
                }
            });
            return true;
        });
    }

    private void take(PresenceReport report, long now, Set<Optional<String>> changed) {
        Node node = nodes.computeIfAbsent(report.node(), name -> new Node());
        node.lease = clock + times.lease();
        node.number = report.number();
        if (report.whole()) {
            Set<Optional<String>> missing = new LinkedHashSet<>(node.counts.keySet());
            report.counts().forEach(count -> missing.remove(count.user()));
            missing.forEach(name -> apply(node, new PresenceReport.Count(name, 0, 0), now, changed));
        }
        report.counts().forEach(count -> apply(node, count, now, changed));
    }

    private void apply(Node node, PresenceReport.Count count, long now, Set<Optional<String>> changed) {
        int before = node.counts.getOrDefault(count.user(), 0);
        if (before == count.connections()) {
            return;
        }
        if (count.connections() > 0) {
            node.counts.put(count.user(), count.connections());
        } else {
            node.counts.remove(count.user());
        }
        User user = users.computeIfAbsent(count.user(), name -> new User(now - count.age()));
        user.connections = Math.max(0, user.connections + count.connections() - before);
        user.end = clock + times.linger();
        changed.add(count.user());
    }

    private Position position() {
        return new Position(epoch == null ? "0" : epoch, version);
    }

    private List<Present> presents(Set<Optional<String>> names) {
        List<Present> presents = new ArrayList<>(names.size());
        for (Optional<String> name : names) {
            User user = users.get(name);
            presents.add(
                    user == null
                            ? new Present(name, Present.GONE, 0)
                            : new Present(name, user.connections, user.since));
        }
        return presents;
    }
}
