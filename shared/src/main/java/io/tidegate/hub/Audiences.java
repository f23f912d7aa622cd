package io.tidegate.hub;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of each topic of a write loop. The relay is told of a topic's first subscriber, and when the topic has
 * had none for a moment. For that loop's thread alone, except {@link #carries}.
 */
final class Audiences {
    private final WriteLoop.Place place;
    private final Readings readings;
    private final Presences presences;
    private final Map<Topic, Audience> topics = new HashMap<>();

    /** Topics that are subscribed to and that the relay delivers. The loop writes the set; handshakes read it. */
    private final Set<Topic> carriedTopics = ConcurrentHashMap.newKeySet();

    /** Topics for which the relay did not take the subscription, and that may still have subscribers. */
    private final Set<Topic> askAgain = new LinkedHashSet<>();

    /** No topic has a subscriber yet. */
    Audiences(WriteLoop.Place place, Readings readings, Presences presences) {
        this.place = place;
        this.presences = presences;
        this.readings = readings;
    }

    /** Topics that are subscribed to and that the relay delivers; a live view. Any thread. */
    Set<Topic> carriedTopics() {
        return Collections.unmodifiableSet(carriedTopics);
    }

    @Nullable
    Audience of(Topic topic) {
        return topics.get(topic);
    }

    /**
     * The subscription gets what arrives from now on.
     *
     * @param replaced ends when the new subscription begins: the topic is never without a subscriber in between, and its
     *     user is not counted twice
     */
    void add(Subscription subscription, @Nullable Subscription replaced) {
        Topic topic = subscription.topic();
        Audience audience = topics.get(topic);
        if (audience == null) {
            audience = new Audience();
            topics.put(topic, audience);
            carry(topic, audience);
        }
        audience.add(subscription);
        if (replaced == null) {
            presences.came(subscription);
        } else {
            var unused = end(replaced, audience);
            audience.remove(replaced);
            presences.replaced(replaced);
        }
        if (audience.carried()) {
            carriedTopics.add(topic);
            bringToPresent(subscription, audience);
        }
    }

    private static Position end(Subscription subscription, @Nullable Audience audience) {
        return subscription.end(audience == null ? null : audience.delivered());
    }

    /**
     * The subscription gets nothing any more. A second call does nothing.
     *
     * @return where the client may resume
     */
    Position remove(Subscription subscription) {
        Topic topic = subscription.topic();
        Audience audience = topics.get(topic);
        boolean isMember = !subscription.isEnded() && audience != null;
        Position last = end(subscription, audience);
        if (isMember && audience != null) {
            audience.remove(subscription);
            presences.left(subscription);
            if (audience.size() == 0) {
                carriedTopics.remove(topic);
                place.inbox().accept(new LoopEvent.Emptied(topic, audience, audience.emptied()));
            }
        }
        return last;
    }

    /**
     * Whether a connection that has just posted its subscription to this topic gets all that is published from now on.
     * Any thread: a thread that finds the topic in the set has posted before the topic left the set, and so before {@link
     * LoopEvent.Emptied} was posted.
     */
    boolean carries(Topic topic) {
        return carriedTopics.contains(topic);
    }

    /** Whether the topic's presence is shown to this subscription. */
    boolean isShown(Topic topic, @Nullable Subscription subscription) {
        return presences.isShown(topic, subscription);
    }

    /** The number of subscriptions of each client topic whose name starts with a prefix and sorts after another name. */
    Map<String, Integer> count(String prefix, String after) {
        Map<String, Integer> counts = new HashMap<>();
        topics.forEach((topic, audience) -> {
            if (topic.hasHistory()
                    && audience.size() > 0
                    && topic.name().startsWith(prefix)
                    && topic.name().compareTo(after) > 0) {
                counts.put(topic.name(), audience.size());
            }
        });
        return counts;
    }

    /** Unsubscribes at the relay, unless the topic has got a subscriber meanwhile. */
    void emptied(LoopEvent.Emptied emptied) {
        if (isPresent(emptied.topic(), emptied.audience()) && emptied.audience().isEmptySince(emptied.time())) {
            topics.remove(emptied.topic());
            presences.emptied(emptied.topic());
            place.topics().unwant(emptied.topic(), place.number());
        }
    }

    private boolean isPresent(Topic topic, Audience audience) {
        return topics.get(topic) == audience;
    }

    /** The answer names the audience, because the topic may have another audience by the time the answer comes. */
    private void carry(Topic topic, Audience audience) {
        place.topics()
                .want(
                        topic,
                        place.number(),
                        carried -> place.inbox()
                                .accept(
                                        carried
                                                ? new LoopEvent.Carried(topic, audience)
                                                : new LoopEvent.NotCarried(topic, audience)));
    }

    /** Asks the relay again with the next tick, because subscribers wait. */
    void notCarried(LoopEvent.NotCarried notCarried) {
        if (isPresent(notCarried.topic(), notCarried.audience())) {
            askAgain.add(notCarried.topic());
        }
    }

    void tick() {
        if (!askAgain.isEmpty()) {
            List<Topic> all = List.copyOf(askAgain);
            askAgain.clear();
            for (Topic topic : all) {
                Audience audience = topics.get(topic);
                if (audience != null && !audience.carried()) {
                    carry(topic, audience);
                }
            }
        }
    }

    /** What is published from now on arrives, or is reported as missing. */
    void carried(LoopEvent.Carried carried) {
        Audience audience = carried.audience();
        if (!isPresent(carried.topic(), audience) || audience.carried()) {
            return;
        }
        audience.carry();
        for (int i = 0; i < audience.size(); i++) {
            carriedTopics.add(carried.topic());
            bringToPresent(audience.member(i), audience);
        }
    }

    private void bringToPresent(Subscription subscription, Audience audience) {
        if (subscription.awaitsPresence()) {
            presences.show(subscription, audience, () -> goOn(subscription, audience));
        } else if (!presences.awaitReport(subscription, () -> goOn(subscription, audience))) {
            goOn(subscription, audience);
        }
    }

    private void goOn(Subscription subscription, Audience audience) {
        Subscriber subscriber = subscription.subscriber();
        Position from = subscription.from();
        if (!subscription.wantsToRead()) {
            subscriber.connection().subscribed();
        } else if (from != null && from.equals(audience.delivered())) {
            subscription.beginAtPresent();
            subscriber.begun(subscription);
        } else {
            subscriber.read(subscription, readings);
        }
    }
}
