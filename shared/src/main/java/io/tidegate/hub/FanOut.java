package io.tidegate.hub;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.Relay;
import io.tidegate.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The topics of a write loop: who subscribes to each, and the way of its messages into their queues. For that loop's thread alone.
 *
 * <p>Messages of a topic that follow each other within a round are framed once, into one batch that every subscriber shares.
 */
final class FanOut {
    private final Supplier<Relay> relay;
    private final Readings readings;
    private final Consumer<LoopEvent> inbox;
    private final Consumer<Throwable> defects;
    private final Metrics metrics;
    private final Clock clock;
    private final Map<Topic, Audience> topics = new HashMap<>();

    /** Topics that are carried and subscribed to: the loop writes, handshakes read. */
    private final Set<Topic> carriedTopics = ConcurrentHashMap.newKeySet();

    /** Those that the relay did not take, and that may still be wanted. */
    private final Set<Topic> askAgain = new LinkedHashSet<>();

    /** What this round has brought so far, topic by topic. */
    private final Map<Topic, List<LoopEvent.Arrived>> runs = new HashMap<>();

    /**
     * No topics yet.
     *
     * @param inbox the loop's own
     * @param defects takes what a delivery to one subscriber has thrown
     */
    FanOut(
            Supplier<Relay> relay,
            Readings readings,
            Consumer<LoopEvent> inbox,
            Consumer<Throwable> defects,
            Metrics metrics,
            Clock clock) {
        this.relay = relay;
        this.readings = readings;
        this.inbox = inbox;
        this.defects = defects;
        this.metrics = metrics;
        this.clock = clock;
    }

    Readings readings() {
        return readings;
    }

    /** Delivers to a subscription from now on. */
    void add(Subscription subscription) {
        Topic topic = subscription.topic();
        flush(topic);
        Audience audience = topics.get(topic);
        if (audience == null) {
            Audience fresh = new Audience();
            topics.put(topic, fresh);
            fresh.add(subscription);
            carry(topic);
            return;
        }
        audience.add(subscription);
        if (audience.carried()) {
            carriedTopics.add(topic);
            bringToPresent(subscription, audience);
        }
    }

    /**
     * Delivers no longer; harmless when repeated.
     *
     * @return where its client may resume
     */
    Position remove(Subscription subscription) {
        Topic topic = subscription.topic();
        if (subscription.isEnded()) {
            return subscription.end(null);
        }
        flush(topic);
        Audience audience = topics.get(topic);
        Position last = subscription.end(audience == null ? null : audience.delivered());
        if (audience != null) {
            audience.remove(subscription);
            if (audience.size() == 0) {
                carriedTopics.remove(topic);
                inbox.accept(new LoopEvent.Emptied(topic, audience.emptied()));
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

    /** Nobody has come since. */
    void emptied(Topic topic, int time) {
        Audience audience = topics.get(topic);
        if (audience != null && audience.isEmptySince(time)) {
            topics.remove(topic);
            relay.get().unsubscribe(topic);
        }
    }

    private void carry(Topic topic) {
        var unused = relay.get()
                .subscribe(topic)
                .whenComplete((nothing, failure) ->
                        inbox.accept(failure == null ? new LoopEvent.Carried(topic) : new LoopEvent.NotCarried(topic)));
    }

    /** The relay is asked again with the next tick: somebody waits. */
    void notCarried(Topic topic) {
        askAgain.add(topic);
    }

    void tick(long nanoTime) {
        readings.tick(nanoTime);
        if (!askAgain.isEmpty()) {
            List<Topic> all = List.copyOf(askAgain);
            askAgain.clear();
            for (Topic topic : all) {
                Audience audience = topics.get(topic);
                if (audience != null && !audience.carried()) {
                    carry(topic);
                }
            }
        }
    }

    /** The relay delivers a topic from now on: what is published from now on will come, or be told as missing. */
    void carried(Topic topic) {
        Audience audience = topics.get(topic);
        if (audience == null || audience.carried()) {
            return;
        }
        audience.carry();
        if (audience.size() > 0) {
            carriedTopics.add(topic);
        }
        for (int i = 0; i < audience.size(); i++) {
            Subscription subscription = audience.member(i);
            if (subscription.wantsToRead()) {
                subscription.subscriber().read(subscription, readings);
            } else {
                subscription.subscriber().connection().subscribed();
            }
        }
    }

    private void bringToPresent(Subscription subscription, Audience audience) {
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

    /** A read of a subscription has ended in whatever way; what it needs next is read. */
    void goOn(Subscription subscription, boolean begunBefore, boolean page) {
        Subscriber subscriber = subscription.subscriber();
        readings.ended();
        if (page) {
            subscriber.pageRead(readings);
        }
        if (subscription.wantsToRead()) {
            subscriber.read(subscription, readings);
        }
        if (!begunBefore && subscription.begun()) {
            subscriber.begun(subscription);
        }
    }

    /** Messages of a topic; they go out at the end of the round, or before whatever else concerns the topic. */
    void arrived(LoopEvent.Arrived arrived) {
        if (!topics.containsKey(arrived.topic())) {
            return;
        }
        List<LoopEvent.Arrived> run = runs.computeIfAbsent(arrived.topic(), topic -> new ArrayList<>());
        if (!run.isEmpty() && !follows(arrived, run.getLast())) {
            deliver(arrived.topic(), run);
            run.clear();
        }
        run.add(arrived);
    }

    private static boolean follows(LoopEvent.Arrived next, LoopEvent.Arrived before) {
        return !next.topic().hasHistory()
                || next.stretch().first().equals(before.stretch().last().plus(1));
    }

    void gap(Topic topic, Position position) {
        flush(topic);
        Audience audience = topics.get(topic);
        if (audience != null) {
            audience.delivered(position);
            for (int i = 0; i < audience.size(); i++) {
                audience.member(i).gap(position);
            }
        }
    }

    /** They have missed a message: closed, they know. */
    void closeAll(Topic topic, CloseCode code, String reason) {
        Audience audience = topics.get(topic);
        if (audience != null) {
            for (int i = 0; i < audience.size(); i++) {
                audience.member(i).subscriber().close(code, reason);
            }
        }
    }

    /** What has arrived in this round goes to its subscribers' queues. */
    void flush() {
        runs.forEach(this::deliver);
        runs.clear();
    }

    private void flush(Topic topic) {
        List<LoopEvent.Arrived> run = runs.isEmpty() ? null : runs.remove(topic);
        if (run != null) {
            deliver(topic, run);
        }
    }

    private void deliver(Topic topic, List<LoopEvent.Arrived> run) {
        Audience audience = topics.get(topic);
        if (audience != null) {
            try {
                deliver(topic, audience, run);
            } catch (RuntimeException | Error e) {
                defects.accept(e);
                closeAll(topic, CloseCode.INTERNAL, CloseCode.INTERNAL.reason());
            }
        }
        long now = clock.nanoTime();
        for (LoopEvent.Arrived arrived : run) {
            for (int i = 0; i < arrived.stretch().messages().size(); i++) {
                metrics.fanOut().record(now - arrived.nanoTime());
            }
        }
    }

    private void deliver(Topic topic, Audience audience, List<LoopEvent.Arrived> run) {
        TopicBatch batch = new TopicBatch(topic, run.getFirst().stretch().first(), messages(run));
        int first = audience.nextFirst();
        for (int i = first; i < audience.size(); i++) {
            audience.member(i).deliver(batch);
        }
        for (int i = 0; i < first; i++) {
            audience.member(i).deliver(batch);
        }
        audience.delivered(batch.last());
    }

    private static List<Message> messages(List<LoopEvent.Arrived> run) {
        if (run.size() == 1) {
            return run.getFirst().stretch().messages();
        }
        List<Message> messages = new ArrayList<>();
        run.forEach(arrived -> messages.addAll(arrived.stretch().messages()));
        return messages;
    }
}
