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
 * Who subscribes to each topic of a write loop. The relay is told of a topic's first subscriber, and when there has been none for
 * a moment. For that loop's thread alone, but for {@link #carries}.
 */
final class Audiences {
    private final WriteLoop.Place place;
    private final Readings readings;
    private final Presences presences;
    private final Map<Topic, Audience> topics = new HashMap<>();

    /** Topics that are carried and subscribed to: the loop writes, handshakes read. */
    private final Set<Topic> carriedTopics = ConcurrentHashMap.newKeySet();

    /** Those that the relay did not take, and that may still be wanted. */
    private final Set<Topic> askAgain = new LinkedHashSet<>();

    /** Nobody yet. */
    Audiences(WriteLoop.Place place, Readings readings, Presences presences) {
        this.place = place;
        this.presences = presences;
        this.readings = readings;
    }

    /** Those that are subscribed to and carried; a live view. Any thread. */
    Set<Topic> carriedTopics() {
        return Collections.unmodifiableSet(carriedTopics);
    }

    @Nullable
    Audience of(Topic topic) {
        return topics.get(topic);
    }

    /**
     * What arrives from now on is the subscription's, too.
     *
     * @param replaced ends with that; the topic is never without a subscriber in between, nor is its user counted twice
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
     * Nothing is the subscription's any more; harmless when repeated.
     *
     * @return where its client may resume
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
     * Whether a connection that has just posted its subscription to this topic gets all that is published from now on. Any thread:
     * who finds the topic here has posted before the topic left this set, and so before {@link LoopEvent.Emptied} was posted.
     */
    boolean carries(Topic topic) {
        return carriedTopics.contains(topic);
    }

    /** Whether this subscription is shown who is there. */
    boolean isShown(Topic topic, @Nullable Subscription subscription) {
        return presences.isShown(topic, subscription);
    }

    /** The subscriptions of clients' topics that begin so and come behind another. */
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

    /** Where nobody has come since, the topic is not wanted any more. */
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

    /** The answer names the audience: it may come when that is gone, and the topic has another one. */
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

    /** The relay is asked again with the next tick: somebody waits. */
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

    /** What is published from now on will come, or be told as missing. */
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
