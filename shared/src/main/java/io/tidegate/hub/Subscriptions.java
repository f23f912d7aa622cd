package io.tidegate.hub;

import io.tidegate.protocol.Topic;
import io.tidegate.relay.Relay;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who gets what. Any thread may subscribe and unsubscribe; only the write loop takes snapshots.
 *
 * <p>The relay is told of a topic's first and last subscriber inside of the map's own lock for that topic, so that the two
 * calls cannot overtake each other. They only enqueue.
 */
final class Subscriptions {

    /** The connections of one topic on this node. */
    static final class Subscribers {
        private static final Connection[] NONE = {};

        private final Set<Connection> members = ConcurrentHashMap.newKeySet();
        private final CompletionStage<Void> active;
        private volatile boolean changed;
        private Connection[] snapshot = NONE;

        private Subscribers(CompletionStage<Void> active) {
            this.active = active;
        }

        /** Copied only after a change: joining costs the same in a topic of ten and of ten thousand. */
        Connection[] snapshot() {
            if (changed) {
                changed = false;
                snapshot = members.toArray(NONE);
            }
            return snapshot;
        }

        private void add(Connection connection) {
            members.add(connection);
            changed = true;
        }

        private void remove(Connection connection) {
            members.remove(connection);
            changed = true;
        }
    }

    private final ConcurrentHashMap<Topic, Subscribers> topics = new ConcurrentHashMap<>();

    /** Completes once what is published from now on will arrive. */
    CompletionStage<Void> subscribe(Topic topic, Connection connection, Relay relay) {
        return topics.compute(topic, (t, present) -> {
                    Subscribers subscribers = present == null ? new Subscribers(relay.subscribe(topic)) : present;
                    subscribers.add(connection);
                    return subscribers;
                })
                .active;
    }

    /** Harmless where there is no such subscription. */
    void unsubscribe(Topic topic, Connection connection, Relay relay) {
        topics.computeIfPresent(topic, (t, subscribers) -> {
            subscribers.remove(connection);
            if (subscribers.members.isEmpty()) {
                relay.unsubscribe(topic);
                return null;
            }
            return subscribers;
        });
    }

    @Nullable
    Subscribers of(Topic topic) {
        return topics.get(topic);
    }
}
