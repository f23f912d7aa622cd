package io.tidegate.access;

import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings.Patterns;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a client may do, by topic. What no pattern allows is forbidden. Immutable. */
public final class Rights {
    /** All rights, as on an open server. */
    public static final Rights ALL = new Rights(true, List.of(), List.of(), List.of());

    /** No rights. */
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
     * The union of what these patterns allow.
     *
     * @param user replaces {@code {user}}
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

    List<TopicPattern> subscribe() {
        return subscribe;
    }

    List<TopicPattern> publish() {
        return publish;
    }

    List<TopicPattern> presence() {
        return presence;
    }

    public boolean maySubscribe(Topic topic) {
        return all || allow(subscribe, topic);
    }

    public boolean mayPublish(Topic topic) {
        return all || allow(publish, topic);
    }

    /** Whether the client may see the topic's presence. */
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
