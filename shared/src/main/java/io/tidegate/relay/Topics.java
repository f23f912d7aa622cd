package io.tidegate.relay;

import io.tidegate.owner.Owner;
import io.tidegate.protocol.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The wanted topics, and which of them the present link carries. Its owner is the {@link Uplink}.
 *
 * <p>Callers change only which topics are wanted. The subscriptions of the link follow, with at most one operation
 * under way for a topic. When an operation ends, the topic is checked again. So a subscribe and an unsubscribe of one
 * topic never race, however fast they follow each other. On a new link ({@link #attach}) nothing is subscribed yet.
 *
 * <p>Each topic's {@link TopicDelivery} does the operations, and answers with their number. An answer with another
 * number than the last one belongs to an old operation, and is ignored.
 *
 * <p>One class, although long: every method compares the wanted topics with the carried topics.
 */
final class Topics {
    /**
     * The largest number of operations under way: fast with thousands of topics, and none waits long for its turn at
     * Redis.
     */
    private static final int PARALLEL = 64;

    /** The time after which a refused topic is tried again. Another program may have written to the topic's key. */
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private enum State {
        NONE,
        STARTING,
        LIVE,
        STOPPING,
        /**
         * The delivery is told to stop, without an operation on a link. After its answer the topic can be forgotten.
         */
        ENDING,
        /**
         * A defect has ended the delivery, and the topic waits for the next link; or Redis has refused an operation,
         * and the topic is tried again.
         */
        FAILED
    }

    private static final class Entry {
        private final Topic topic;
        private final Owner<TopicEvent> delivery;
        private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
        private boolean wanted;
        private boolean again;
        private State state = State.NONE;
        private long order;

        Entry(Topic topic, Owner<TopicEvent> delivery) {
            this.topic = topic;
            this.delivery = delivery;
        }

        void want(boolean isWanted) {
            if (wanted != isWanted) {
                wanted = isWanted;
                delivery.post(new TopicEvent.Mute(!isWanted));
            }
        }

        void fail(String reason) {
            List<CompletableFuture<Void>> all = List.copyOf(waiting);
            waiting.clear();
            all.forEach(one -> one.completeExceptionally(new RelayUnavailableException(reason)));
        }
    }

    private final Map<Topic, Entry> entries = new HashMap<>();
    private final SequencedSet<Entry> changed = new LinkedHashSet<>();
    /** Topics without a history that are not carried yet: messages published before they are carried would be lost. */
    private final Set<Entry> awaited = new HashSet<>();

    /** The topics that Redis has refused, and when they are tried again. */
    private final SequencedMap<Entry, Long> refused = new LinkedHashMap<>();

    private final Function<Topic, Owner<TopicEvent>> deliveries;
    private Optional<Link> link = Optional.empty();
    private int underWay;
    private long orders;

    /**
     * A set without topics.
     *
     * @param deliveries makes the owner of a topic's delivery, muted
     */
    Topics(Function<Topic, Owner<TopicEvent>> deliveries) {
        this.deliveries = deliveries;
    }

    /** Marks a topic as wanted. Completes {@code ready} once the present link carries the topic. */
    void subscribe(Topic topic, CompletableFuture<Void> ready) {
        Entry entry = entries.computeIfAbsent(topic, key -> new Entry(key, deliveries.apply(key)));
        entry.want(true);
        if (entry.state == State.LIVE) {
            ready.complete(null);
        } else {
            entry.waiting.add(ready);
            follow(entry);
        }
    }

    void unsubscribe(Topic topic) {
        Entry entry = entries.get(topic);
        if (entry != null) {
            entry.want(false);
            awaited.remove(entry);
            follow(entry);
            entry.fail("unsubscribed");
        }
    }

    /**
     * Makes a new link carry all wanted topics, first those without a history. Topics with a history read the messages
     * published before they are carried from the history. So the relay does not wait for tens of thousands of them.
     */
    void attach(Link fresh) {
        link = Optional.of(fresh);
        entries.values().stream()
                .filter(entry -> entry.wanted && !entry.topic.hasHistory())
                .forEach(awaited::add);
        changed.addAll(awaited);
        changed.addAll(entries.values());
        followAll();
    }

    /**
     * Whether the link carries all topics without a history that were wanted when it was attached and are still wanted.
     */
    boolean isCaughtUp() {
        return awaited.isEmpty();
    }

    /** Forgets the lost link. */
    void detach() {
        link = Optional.empty();
        underWay = 0;
        changed.clear();
        awaited.clear();
        refused.clear();
        for (Entry entry : entries.values()) {
            if (entry.state != State.ENDING) {
                entry.state = State.NONE;
                entry.again = false;
                entry.order = 0;
                follow(entry);
            }
        }
    }

    void done(UplinkEvent.TopicDone done) {
        Entry entry = entries.get(done.topic());
        if (entry == null || entry.order != done.order()) {
            return;
        }
        switch (entry.state) {
            case STARTING -> {
                ended(entry, State.LIVE);
                if (entry.wanted) {
                    List<CompletableFuture<Void>> ready = List.copyOf(entry.waiting);
                    entry.waiting.clear();
                    ready.forEach(one -> one.complete(null));
                }
            }
            case STOPPING -> ended(entry, State.NONE);
            case ENDING -> entry.state = State.NONE;
            case LIVE, NONE, FAILED -> {
                return; // the topic has recovered without this answer
            }
        }
        if (entry.state == State.NONE && !entry.wanted) {
            entries.remove(entry.topic);
        } else {
            follow(entry);
        }
        followAll();
    }

    void failed(UplinkEvent.TopicFailed failed) {
        fail(failed.topic(), failed.order()).ifPresent(entry -> {
            follow(entry);
            entry.fail("a defect of this node");
        });
    }

    /** Callers that wait for the topic continue to wait, as while the relay is down. */
    void refused(UplinkEvent.TopicRefused event, long now) {
        fail(event.topic(), event.order()).ifPresent(entry -> {
            refused.put(entry, now + AGAIN_NANOS);
            follow(entry);
            followAll();
        });
    }

    private Optional<Entry> fail(Topic topic, long order) {
        Entry entry = entries.get(topic);
        if (entry == null || entry.order != order) {
            return Optional.empty();
        }
        switch (entry.state) {
            case STARTING -> ended(entry, State.FAILED);
            case LIVE -> entry.state = State.FAILED;
            case NONE, STOPPING, ENDING, FAILED -> {
                return Optional.empty();
            }
        }
        return Optional.of(entry);
    }

    /** Tries the topics again that were refused some time ago. */
    void tick(long now) {
        while (!refused.isEmpty() && refused.firstEntry().getValue() <= now) {
            Entry entry = refused.pollFirstEntry().getKey();
            entry.again = entry.state == State.FAILED;
            follow(entry);
        }
    }

    /** Ends all topics. Completes when nothing is delivered any more. */
    CompletableFuture<Void> close() {
        List<CompletableFuture<Void>> ended = new ArrayList<>();
        for (Entry entry : entries.values()) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            ended.add(end);
            entry.delivery.post(new TopicEvent.End(end));
            entry.fail("the relay is closed");
        }
        entries.clear();
        detach();
        return CompletableFuture.allOf(ended.toArray(CompletableFuture[]::new));
    }

    private void ended(Entry entry, State state) {
        entry.state = state;
        underWay--;
        awaited.remove(entry);
    }

    private void follow(Entry entry) {
        if (link.isPresent()) {
            changed.add(entry);
            followAll();
        } else if (entry.state == State.NONE && !entry.wanted) {
            begin(entry, State.ENDING, new TopicEvent.Stop(++orders, link));
        }
    }

    private void followAll() {
        while (link.isPresent() && underWay < PARALLEL && !changed.isEmpty()) {
            follow(changed.removeFirst(), link.get());
        }
    }

    private void follow(Entry entry, Link present) {
        switch (entry.state) {
            case NONE -> {
                if (entry.wanted) {
                    underWay++;
                    begin(entry, State.STARTING, new TopicEvent.Start(++orders, present));
                } else {
                    begin(entry, State.ENDING, new TopicEvent.Stop(++orders, Optional.empty()));
                }
            }
            case LIVE, FAILED -> {
                if (!entry.wanted || entry.again) {
                    underWay++;
                    entry.again = false;
                    begin(entry, State.STOPPING, new TopicEvent.Stop(++orders, link));
                }
            }
            case STARTING, STOPPING, ENDING -> {} // checked again when the operation ends
        }
    }

    private void begin(Entry entry, State state, TopicEvent event) {
        entry.state = state;
        entry.order = orders;
        entry.delivery.post(event);
    }
}
