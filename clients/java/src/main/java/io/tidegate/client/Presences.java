package io.tidegate.client;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The users in each topic that is subscribed with presence. The connection that serves the client counts. The list of a
 * second connection waits until that connection serves. In the client's mailbox only.
 */
final class Presences {
    private final Map<String, TopicUsers> topics = new HashMap<>();
    private final Connector connector;
    private final Timers timers;

    Presences(Connector connector, Timers timers) {
        this.connector = connector;
        this.timers = timers;
    }

    /** The feed was requested on this connection. */
    void asked(Link link, Feed feed) {
        if (feed.showsPresence()) {
            List<Link> current = Stream.of(connector.first(), connector.second())
                    .filter(Objects::nonNull)
                    .toList();
            topics.computeIfAbsent(feed.topic(), topic -> new TopicUsers(feed, timers::nanoTime, connector::after))
                    .asked(link, current);
        }
    }

    /** The topic has no listener any more. */
    void forget(String topic) {
        topics.remove(topic);
    }

    void frame(Link link, ServerFrame.PresenceFrame frame) {
        TopicUsers users = topics.get(frame.topic());
        if (users == null || !link.lists(frame.topic())) {
            return;
        }
        switch (frame) {
            case ServerFrame.Listed list -> {
                users.page(link, list);
                follow(frame.topic(), users);
            }
            // This clock is only for display: no decision depends on it.
            case ServerFrame.Changed change -> users.change(link, change, Instant.now());
        }
    }

    /** A connection may serve a topic from now on. */
    void settle() {
        topics.forEach(this::follow);
    }

    private void follow(String topic, TopicUsers users) {
        Link serving = connector.first();
        if (serving != null && serving.delivers(topic)) {
            users.follow(serving);
        }
    }
}
