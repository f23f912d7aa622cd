package io.tidegate.access;

import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings.Patterns;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a client may do, topic by topic. What no pattern allows is forbidden. Immutable. */
public final class Rights {
    /** Everything, as on an open server. */
    public static final Rights ALL = new Rights(true, List.of(), List.of(), List.of());

    /** Nothing. */
    public static final Rights NONE = new Rights(false, List.of(), List.of(), List.of());

    private final boolean all;
    private final List<TopicPattern> subscribe;
    private final List<TopicPattern> publish;
    private final List<TopicPattern> presence;

    private Rights(boolean all, List<TopicPattern> subscribe, List<TopicPattern> publish, List<TopicPattern> presence) {
        this.all = all;
        this.subscribe = subscribe;
        this.publish = publish;
        this.presence = presence;
    }

    /**
     * What all of these patterns together allow.
     *
     * @param user whom {@code {user}} stands for
     */
    static Rights of(Optional<String> user, Patterns... patterns) {
        return new Rights(
                false,
                patterns(user, Stream.of(patterns).map(Patterns::subscribe)),
                patterns(user, Stream.of(patterns).map(Patterns::publish)),
                patterns(user, Stream.of(patterns).map(Patterns::presence)));
    }

    private static List<TopicPattern> patterns(Optional<String> user, Stream<List<String>> texts) {
        return texts.flatMap(List::stream)
                .flatMap(text -> TopicPattern.of(text, user).stream())
                .distinct()
                .toList();
    }

    public boolean maySubscribe(Topic topic) {
        return all || allow(subscribe, topic);
    }

    public boolean mayPublish(Topic topic) {
        return all || allow(publish, topic);
    }

    /** Whether it may see who is subscribed. */
    public boolean maySeePresence(Topic topic) {
        return all || allow(presence, topic);
    }

    private static boolean allow(List<TopicPattern> patterns, Topic topic) {
        for (TopicPattern pattern : patterns) {
            if (pattern.matches(topic)) {
                return true;
            }
        }
        return false;
    }
}
