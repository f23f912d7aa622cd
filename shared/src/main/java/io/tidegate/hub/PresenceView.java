package io.tidegate.hub;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Present;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.PresenceChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The users in a topic, as the relay reports them: a list, and the changes that follow it. Where a change is missing, the
 * list is needed again. For the write loop's thread alone.
 *
 * <p>A relay that has lost its state begins with a new epoch, and knows a node's users only when the node has reported
 * again. So a user who is missing in a new epoch leaves only after the linger time.
 */
final class PresenceView {
    private final PresencePages pages;
    private final long lingerNanos;

    /** Users of an earlier epoch who are missing in the new one, and until when each of them may be reported again. */
    private final Map<Optional<String>, Long> missing = new HashMap<>();

    /** The changes that have come since the list was requested. */
    private final List<PresenceChange> early = new ArrayList<>();

    private @Nullable Position version;
    private boolean listed;

    /** The users who have joined and the users who have left. */
    record Difference(List<Optional<String>> joined, List<Optional<String>> left) {
        Difference() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    PresenceView(Topic topic, long lingerNanos) {
        this.pages = new PresencePages(topic);
        this.lingerNanos = lingerNanos;
    }

    PresencePages pages() {
        return pages;
    }

    /** Whether the view matches the relay's state. Otherwise the list is needed. */
    boolean isListed() {
        return listed;
    }

    /** Changes may have been missed. */
    void unlist() {
        listed = false;
    }

    /** Whether the view includes this version. */
    boolean hasReached(Position other) {
        return listed && version != null && version.epoch().equals(other.epoch()) && version.offset() >= other.offset();
    }

    /** The relay is at this version. If the version is of another epoch, the view is not valid. */
    void check(Position other) {
        if (version != null && !version.epoch().equals(other.epoch())) {
            listed = false;
        }
    }

    /** Takes a change. A change that does not follow the last one waits for the list. */
    Difference take(PresenceChange change) {
        Difference difference = new Difference();
        Position before = version;
        if (!listed || before == null) {
            early.add(change);
        } else if (change.version().equals(before.plus(1))) {
            apply(change, difference);
        } else if (!hasReached(change.version())) {
            listed = false;
            early.add(change);
        }
        return difference;
    }

    /** Takes the list, and after it the changes that came before the list. */
    Difference take(List<Present> all, Position at, long now) {
        Difference difference = new Difference();
        Position before = version;
        boolean sameEpoch = before != null && before.epoch().equals(at.epoch());
        Set<Optional<String>> gone = new HashSet<>(pages.users());
        for (Present present : all) {
            gone.remove(present.user());
            put(present, difference);
        }
        for (Optional<String> user : gone) {
            if (!sameEpoch) {
                missing.putIfAbsent(user, now + lingerNanos);
            } else if (!missing.containsKey(user)) {
                pages.remove(user);
                difference.left.add(user);
            }
        }
        version = at;
        listed = true;
        // A change of an older epoch would cause endless requests for the list. A newer epoch is noticed with the next
        // answer.
        List<PresenceChange> changes = early.stream()
                .filter(change -> change.version().epoch().equals(at.epoch()))
                .toList();
        early.clear();
        for (PresenceChange change : changes) {
            Difference more = take(change);
            difference.joined.addAll(more.joined);
            difference.left.addAll(more.left);
        }
        return difference;
    }

    /** Removes the users who were not reported in the new epoch in time. */
    Difference expire(long now) {
        Difference difference = new Difference();
        Iterator<Map.Entry<Optional<String>, Long>> each = missing.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<Optional<String>, Long> next = each.next();
            if (now - next.getValue() >= 0) {
                each.remove();
                pages.remove(next.getKey());
                difference.left.add(next.getKey());
            }
        }
        return difference;
    }

    private void apply(PresenceChange change, Difference difference) {
        version = change.version();
        for (Present present : change.users()) {
            if (!present.isGone()) {
                put(present, difference);
            } else if (!missing.containsKey(present.user()) && pages.remove(present.user())) {
                difference.left.add(present.user());
            }
        }
    }

    private void put(Present present, Difference difference) {
        missing.remove(present.user());
        if (pages.put(present)) {
            difference.joined.add(present.user());
        }
    }
}
