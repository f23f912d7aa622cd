package io.tidegate.hub;

import io.tidegate.protocol.Topic;
import io.tidegate.relay.PresenceChange;
import io.tidegate.relay.PresenceTimes;
import io.tidegate.relay.Relay;
import io.tidegate.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is in the topics of which somebody in the fleet wants to know it; nothing is done for the others. For the write loop's
 * thread alone.
 *
 * <p>This node reports its users to the relay while that says that somebody watches. It learns of that when the topic begins to
 * arrive here, or by the first change that is told.
 */
final class Presences {
    /** Reports under way at once: after an outage there is one of each topic. */
    private static final int PARALLEL = 64;

    private final Supplier<Relay> relay;
    private final Consumer<LoopEvent> inbox;
    private final Self self;
    private final Map<Topic, TopicPresence> topics = new HashMap<>();
    private final SequencedSet<TopicPresence> due = new LinkedHashSet<>();
    private int underWay;
    private long reports;

    /**
     * This node.
     *
     * @param node unlike the name of any other, and of its own earlier starts
     */
    record Self(String node, PresenceTimes times, Clock clock) {}

    Presences(Supplier<Relay> relay, Consumer<LoopEvent> inbox, Self self) {
        this.relay = relay;
        this.inbox = inbox;
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
        underWay--;
        answered.presence().answered(answered.answer());
        look(answered.presence());
        reportDue();
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
            due.add(presence);
            reportDue();
        }
    }

    private void reportDue() {
        while (underWay < PARALLEL && !due.isEmpty()) {
            TopicPresence presence = due.removeFirst();
            underWay++;
            var unused = relay.get()
                    .presence(presence.topic(), presence.report(self.clock().nanoTime(), ++reports))
                    .whenComplete((answer, failure) -> inbox.accept(new LoopEvent.PresenceAnswered(
                            presence.topic(), presence, failure == null ? answer : null)));
        }
    }
}
