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
 * Everybody in a topic, in pages that are framed once and shared until somebody on them changes: so it costs little to show ten
 * thousand users to each of ten thousand who come one after the other. For the write loop's thread alone.
 */
final class PresencePages {
    /** Users of a page. */
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

    /** Adds a user, or changes one; true where that one was not there. */
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

    /** Those of now, at least one. Who comes later may be on a page that is not among them. */
    List<Page> all() {
        return List.copyOf(pages);
    }
}
