package io.tidegate.client;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The users in a topic as one connection has reported them: a list in pages, and the changes since. In the client's
 * mailbox only.
 */
final class UserList {
    private final Map<Optional<String>, Present> users = new HashMap<>();

    /** While pages are still to come: the users with a change that is newer than the pages. */
    private @Nullable Set<Optional<String>> newer;

    private boolean whole;

    void page(Collection<Present> page, boolean more) {
        Set<Optional<String>> heard = newer;
        if (heard == null) {
            users.clear();
            heard = new HashSet<>();
        }
        for (Present present : page) {
            if (!heard.contains(present.user())) {
                users.put(present.user(), present);
            }
        }
        newer = more ? heard : null;
        whole = !more;
    }

    void change(Collection<Optional<String>> joined, Collection<Optional<String>> left, Instant now) {
        if (newer != null) {
            newer.addAll(joined);
            newer.addAll(left);
        }
        left.forEach(users::remove);
        joined.forEach(user -> users.putIfAbsent(user, new Present(user, 1, now)));
    }

    /** Whether all pages have come. */
    boolean isWhole() {
        return whole;
    }

    Map<Optional<String>, Present> users() {
        return users;
    }
}
