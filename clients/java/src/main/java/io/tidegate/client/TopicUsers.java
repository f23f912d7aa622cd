package io.tidegate.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The users in a topic as the application sees them, from one connection to the next. In the client's mailbox only.
 *
 * <p>Nodes learn of a join or a leave at different moments. So a connection may repeat a change that another one has
 * reported, or may not have it yet. So a change that would undo what another connection has just reported is checked
 * again a little later.
 */
final class TopicUsers {
    /** One node learns of a change at most this long after another node. */
    private static final Duration APART = Duration.ofSeconds(2);

    private final Feed feed;
    private final LongSupplier nanoTime;
    private final BiConsumer<Duration, Runnable> after;

    /** The reports of each connection on which the topic was requested. */
    private final Map<Link, UserList> lists = new HashMap<>();

    private final Map<Optional<String>, Present> users = new HashMap<>();

    /** The last changes that were told, the oldest first, and from which connection and when the first list came. */
    private final Map<Optional<String>, Told> told = new LinkedHashMap<>();

    private @Nullable Told begun;
    private @Nullable UserList followed;
    private final Set<Optional<String>> unchecked = new HashSet<>();

    private record Told(UserList by, long at) {}

    TopicUsers(Feed feed, LongSupplier nanoTime, BiConsumer<Duration, Runnable> after) {
        this.feed = feed;
        this.nanoTime = nanoTime;
        this.after = after;
    }

    /** The topic was requested on this connection. Reports of connections that are gone are dropped. */
    void asked(Link link, Collection<Link> current) {
        lists.keySet().retainAll(current);
        lists.put(link, new UserList());
    }

    void page(Link link, ServerFrame.Listed list) {
        UserList known = lists.get(link);
        if (known == null) {
            return;
        }
        known.page(list.users(), list.more());
        if (known == followed) {
            followed = null;
        }
    }

    void change(Link link, ServerFrame.Changed change, Instant now) {
        UserList list = lists.get(link);
        if (list == null) {
            return;
        }
        list.change(change.joined(), change.left(), now);
        if (list == followed) {
            compare(list, change.left());
            compare(list, change.joined());
        }
    }

    /** This connection serves the topic. Its reports count when its list is whole. */
    void follow(Link link) {
        UserList list = lists.get(link);
        if (list == null || list == followed || !list.isWhole()) {
            return;
        }
        followed = list;
        if (begun == null) {
            begun = new Told(list, nanoTime.getAsLong());
            users.putAll(list.users());
        } else {
            compare(list, List.copyOf(users.keySet()));
            compare(list, list.users().keySet());
        }
        feed.listed(Map.copyOf(users));
    }

    private void compare(UserList list, Collection<Optional<String>> those) {
        for (Optional<String> user : those) {
            Present present = list.users().get(user);
            if ((present != null) == users.containsKey(user)) {
                users.computeIfPresent(user, (key, before) -> present == null ? before : present);
            } else if (isDoubtful(list, user)) {
                checkLater(user);
            } else {
                remember(user, list);
                tell(user, present);
            }
        }
    }

    private void tell(Optional<String> user, @Nullable Present present) {
        if (present == null) {
            users.remove(user);
            feed.left(user);
        } else {
            users.put(user, present);
            feed.joined(present);
        }
    }

    private boolean isDoubtful(UserList list, Optional<String> user) {
        Told last = told.getOrDefault(user, begun);
        return last != null && last.by() != list && isRecent(last);
    }

    private boolean isRecent(Told one) {
        return nanoTime.getAsLong() - one.at() < APART.toNanos();
    }

    private void remember(Optional<String> user, UserList list) {
        told.remove(user);
        told.put(user, new Told(list, nanoTime.getAsLong()));
        for (Iterator<Told> each = told.values().iterator(); !isRecent(each.next()); ) {
            each.remove();
        }
    }

    private void checkLater(Optional<String> user) {
        if (unchecked.isEmpty()) {
            after.accept(APART, this::lookAgain);
        }
        unchecked.add(user);
    }

    private void lookAgain() {
        List<Optional<String>> those = List.copyOf(unchecked);
        unchecked.clear();
        UserList list = followed;
        if (list != null) {
            compare(list, those);
        }
    }
}
