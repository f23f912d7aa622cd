package io.tidegate.hub;

import io.tidegate.protocol.Topic;
import io.tidegate.relay.PresenceChange;
import io.tidegate.relay.PresenceReport;
import io.tidegate.relay.PresenceTimes;
import io.tidegate.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The presence of one write loop's connections, in the topics whose presence somebody in the fleet watches. Other topics
 * cost nothing. For that loop's thread alone.
 *
 * <p>The loop reports its users to the relay, through {@link NodeTopics}, while the relay says that the topic is watched.
 * The loop learns that a topic is watched when the topic begins to arrive, or from the first presence change.
 */
final class Presences {
    private final WriteLoop.Place place;
    private final Self self;
    private final Map<Topic, TopicPresence> topics = new HashMap<>();
    private long reports;

    /**
     * This node.
     *
     * @param node a name unlike that of any other node, and of this node's earlier starts
     */
    record Self(String node, PresenceTimes times, Clock clock) {}

    Presences(WriteLoop.Place place, Self self) {
        this.place = place;
        this.self = self;
    }

    void came(Subscription subscription) {
        TopicPresence presence = topics.get(subscription.topic());
        if (presence != null) {
            presence.came(subscription);
            look(presence);
        }
    }

    /** Another subscription of the same connection has replaced this one. */
    void replaced(Subscription subscription) {
        TopicPresence presence = topics.get(subscription.topic());
        if (presence != null) {
            presence.unwatch(subscription);
        }
    }

    void left(Subscription subscription) {
        TopicPresence presence = topics.get(subscription.topic());
        if (presence != null) {
            presence.left(subscription);
            look(presence);
        }
    }

    /** Shows a subscription the topic's presence, then runs what follows. */
    void show(Subscription subscription, Audience audience, Runnable next) {
        TopicPresence presence = track(subscription.topic(), audience);
        presence.show(subscription, next);
        look(presence);
    }

    /**
     * In a watched topic a client is not told that it is subscribed before the relay knows of the client. Otherwise the
     * relay would not know of the client if this node is lost.
     *
     * @return false where there is nothing to wait for; {@code next} is then not run
     */
    boolean awaitReport(Subscription subscription, Runnable next) {
        TopicPresence presence = topics.get(subscription.topic());
        return presence != null && subscription.wantsToRead() && presence.awaitReport(subscription, next);
    }

    boolean isShown(Topic topic, @Nullable Subscription subscription) {
        TopicPresence presence = topics.get(topic);
        return presence != null && subscription != null && presence.isShown(subscription);
    }

    /** The relay does not deliver the topic any more. */
    void emptied(Topic topic) {
        TopicPresence presence = topics.get(topic);
        if (presence != null) {
            presence.emptied();
            look(presence);
        }
    }

    /** From now on the loop hears what the relay tells of the topic. Changes may have been missed before. */
    void attached(Topic topic, boolean watched, @Nullable Audience audience) {
        TopicPresence presence = topics.get(topic);
        if (presence != null) {
            presence.attached();
            look(presence);
        } else if (watched && audience != null) {
            look(track(topic, audience));
        }
    }

    void told(Topic topic, PresenceChange change, @Nullable Audience audience) {
        TopicPresence presence = topics.get(topic);
        if (presence != null) {
            presence.told(change, self.clock().nanoTime());
            look(presence);
        } else if (audience != null) {
            look(track(topic, audience));
        }
    }

    void answered(LoopEvent.PresenceAnswered answered) {
        answered.presence().answered(answered.answer());
        look(answered.presence());
    }

    void tick(long now) {
        for (TopicPresence presence : List.copyOf(topics.values())) {
            presence.tick(now);
            look(presence);
        }
    }

    private TopicPresence track(Topic topic, Audience audience) {
        return topics.computeIfAbsent(topic, key -> new TopicPresence(key, self, audience));
    }

    /** Reports or forgets a presence that may have changed. */
    private void look(TopicPresence presence) {
        if (presence.isOver()) {
            topics.remove(presence.topic(), presence);
        } else if (presence.isDue(self.clock().nanoTime())) {
            report(presence);
        }
    }

    private void report(TopicPresence presence) {
        PresenceReport report = presence.report(self.clock().nanoTime(), ++reports);
        place.topics()
                .report(
                        presence.topic(),
                        place.number(),
                        report,
                        answer -> place.inbox()
                                .accept(new LoopEvent.PresenceAnswered(presence.topic(), presence, answer)));
    }
}
