package io.tidegate.hub;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.Relay;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who gets what. Any thread may subscribe and unsubscribe; only the write loop takes snapshots.
 *
 * <p>The relay is told of a topic's first and last subscriber under the lock, so that the two calls cannot overtake each
 * other; they only enqueue. A lock of its own rather than {@code ConcurrentHashMap.compute}, whose function is to touch
 * nothing but the map.
 */
final class Subscriptions {

    /** Those of one topic on this node. */
    static final class Subscribers {
        private static final Subscription[] NONE = {};

        private final Set<Subscription> members = ConcurrentHashMap.newKeySet();
        private final CompletionStage<Void> active;
        private volatile boolean changed;
        private Subscription[] snapshot = NONE;
        private @Nullable Position delivered;

        private Subscribers(CompletionStage<Void> active) {
            this.active = active;
        }

        /** Copied only after a change: joining costs the same in a topic of ten and of ten thousand. */
        Subscription[] snapshot() {
            if (changed) {
                changed = false;
                snapshot = members.toArray(NONE);
            }
            return snapshot;
        }

        /** The last position that the write loop has handed out; for that loop, as the snapshot. */
        @Nullable
        Position delivered() {
            return delivered;
        }

        void delivered(Position position) {
            delivered = position;
        }

        private void add(Subscription subscription) {
            members.add(subscription);
            changed = true;
        }

        private void remove(Subscription subscription) {
            members.remove(subscription);
            changed = true;
        }
    }

    /** Changed under the lock, read without it. */
    private final ConcurrentHashMap<Topic, Subscribers> topics = new ConcurrentHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();

    /** Completes once what is published from now on will arrive. */
    CompletionStage<Void> add(Subscription subscription, Relay relay) {
        Topic topic = subscription.topic();
        lock.lock();
        try {
            Subscribers subscribers = topics.get(topic);
            if (subscribers == null) {
                subscribers = new Subscribers(relay.subscribe(topic));
                topics.put(topic, subscribers);
            }
            subscribers.add(subscription);
            return subscribers.active;
        } finally {
            lock.unlock();
        }
    }

    /** Harmless where there is no such subscription. */
    void remove(Subscription subscription, Relay relay) {
        Topic topic = subscription.topic();
        lock.lock();
        try {
            Subscribers subscribers = topics.get(topic);
            if (subscribers == null) {
                return;
            }
            subscribers.remove(subscription);
            if (subscribers.members.isEmpty()) {
                topics.remove(topic);
                relay.unsubscribe(topic);
            }
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Subscribers of(Topic topic) {
        return topics.get(topic);
    }
}
