package io.tidegate.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Subscribes each connection to the topics that have listeners, and to no others. In the client's mailbox only. */
final class TopicRequests {
    private final Map<String, Feed> feeds;
    private final Connector connector;
    private final Presences presences;

    /** @param feeds by topic; the caller changes them */
    TopicRequests(Map<String, Feed> feeds, Connector connector, Presences presences) {
        this.feeds = feeds;
        this.connector = connector;
        this.presences = presences;
    }

    /** Subscribes on a connection to the topics that were not requested on it yet. */
    void missing(@Nullable Link link) {
        if (link == null || !link.welcomed || !connector.isCurrent(link)) {
            return;
        }
        for (Feed feed : feeds.values()) {
            // The second connection subscribes only when the first one has said where delivery begins, because both
            // must begin there.
            if (!link.wants(feed.topic())
                    && (link == connector.first() || feed.received().isPresent())) {
                link.subscribe(feed.topic(), feed.received(), feed.last(), feed.showsPresence());
                presences.asked(link, feed);
            }
        }
    }

    /** The topic has no listener any more. */
    void release(@Nullable Link link, String topic) {
        if (link != null) {
            link.unsubscribe(topic);
            checkReady(link);
        }
    }

    void checkReady(Link link) {
        if (connector.isCurrent(link)
                && link.welcomed
                && feeds.keySet().stream().allMatch(link::delivers)) {
            connector.ready(link);
        }
    }
}
