package io.tidegate.hub;

import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Present;
import io.tidegate.protocol.ServerFrame;
import io.tidegate.protocol.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All users in a topic, in pages. A page is framed once, and the frame is shared until a user on the page changes. So it
 * costs little to show ten thousand users to each of ten thousand clients that come one by one. For the write loop's
 * thread alone.
 */
final class PresencePages {
    /** The largest number of users on a page. */
    static final int MOST = 500;

    private final Topic topic;
    private final Map<Optional<String>, Page> places = new HashMap<>();
    private final List<Page> pages = new ArrayList<>();

    /** Some of the users, and their frame. */
    final class Page {
        private final Map<Optional<String>, Present> users = new LinkedHashMap<>();
        private @Nullable FrameBatch frame;
        private boolean framedWithMore;

        boolean isEmpty() {
            return users.isEmpty();
        }

        FrameBatch frame(boolean more) {
            FrameBatch present = frame;
            if (present == null || framedWithMore != more) {
                present = FrameBatch.of(new ServerFrame.Presence(topic, users.values(), more));
                frame = present;
                framedWithMore = more;
            }
            return present;
        }
    }

    PresencePages(Topic topic) {
        this.topic = topic;
        pages.add(new Page());
    }

    Collection<Optional<String>> users() {
        return places.keySet();
    }

    /** Adds or changes a user; true where the user was not there. */
    boolean put(Present present) {
        Page place = places.get(present.user());
        boolean isNew = place == null;
        if (place == null) {
            place = pages.getLast();
            if (place.users.size() >= MOST) {
                place = new Page();
                pages.add(place);
            }
            places.put(present.user(), place);
        }
        place.users.put(present.user(), present);
        place.frame = null;
        return isNew;
    }

    /** False where the user was not there. */
    boolean remove(Optional<String> user) {
        Page place = places.remove(user);
        if (place == null) {
            return false;
        }
        place.users.remove(user);
        place.frame = null;
        if (place.isEmpty() && pages.size() > 1) {
            pages.remove(place);
        }
        return true;
    }

    /** The pages of now, at least one. A user who comes later may be on a page that is not in this list. */
    List<Page> all() {
        return List.copyOf(pages);
    }
}
