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
    private final Map<String, Room> rooms = new HashMap<>();
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
            rooms.computeIfAbsent(feed.topic(), topic -> new Room(feed, timers::nanoTime, connector::after))
                    .asked(link, current);
        }
    }

    /** The topic has no listener any more. */
    void forget(String topic) {
        rooms.remove(topic);
    }

    void frame(Link link, ServerFrame.PresenceFrame frame) {
        Room room = rooms.get(frame.topic());
        if (room == null || !link.lists(frame.topic())) {
            return;
        }
        switch (frame) {
            case ServerFrame.Listed list -> {
                room.page(link, list);
                follow(frame.topic(), room);
            }
            // This clock is only for display: no decision depends on it.
            case ServerFrame.Changed change -> room.change(link, change, Instant.now());
        }
    }

    /** A connection may serve a topic from now on. */
    void settle() {
        rooms.forEach(this::follow);
    }

    private void follow(String topic, Room room) {
        Link serving = connector.first();
        if (serving != null && serving.delivers(topic)) {
            room.follow(serving);
        }
    }
}
