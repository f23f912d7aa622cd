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
 * Who is in the topics of which somebody in the fleet wants to know it, of one write loop's connections; nothing is done for the
 * other topics. For that loop's thread alone.
 *
 * <p>It reports its users to the relay, by way of {@link NodeTopics}, while that says that somebody watches. It learns of that when
 * the topic begins to arrive here, or by the first change that is told.
 */
final class Presences {
    private final WriteLoop.Place place;
    private final Self self;
    private final Map<Topic, TopicPresence> topics = new HashMap<>();
    private long reports;

    /**
     * This node.
     *
     * @param node unlike the name of any other, and of its own earlier starts
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

    /** Another one of the same connection has come in its place. */
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

    /** Shows a subscription who is there, then runs what follows. */
    void show(Subscription subscription, Audience audience, Runnable next) {
        TopicPresence presence = track(subscription.topic(), audience);
        presence.show(subscription, next);
        look(presence);
    }

    /**
     * Where somebody watches, a client is not told that it is subscribed before the relay knows: what it knows must not be lost
     * with this node.
     *
     * @return false where there is nothing to wait for; what follows is not run then
     */
    boolean awaitReport(Subscription subscription, Runnable next) {
        TopicPresence presence = topics.get(subscription.topic());
        return presence != null && subscription.wantsToRead() && presence.awaitReport(subscription, next);
    }

    boolean isShown(Topic topic, @Nullable Subscription subscription) {
        TopicPresence presence = topics.get(topic);
        return presence != null && subscription != null && presence.isShown(subscription);
    }

    /** The topic is not carried any more. */
    void emptied(Topic topic) {
        TopicPresence presence = topics.get(topic);
        if (presence != null) {
            presence.emptied();
            look(presence);
        }
    }

    /** What the relay tells of the topic from now on is heard, and before that something may have been missed. */
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

    /** Something has happened to it. */
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
