package io.tidegate.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of each topic. The first listener of a topic creates its feed, the last one ends it. From any thread:
 * what is decided here under the lock is put into the client's mailbox in the same order.
 */
final class Topics {
    private final Map<String, Shared> topics = new HashMap<>();
    private final Exchange exchange;
    private final Mailbox core;
    private final Mailbox listeners;
    private final Consumer<ListenerFailure> failures;

    private record Shared(Feed feed, List<Listening> listening) {}

    Topics(Exchange exchange, Mailbox core, Mailbox listeners, Consumer<ListenerFailure> failures) {
        this.exchange = exchange;
        this.core = core;
        this.listeners = listeners;
        this.failures = failures;
    }

    /**
     * @param presence gets the topic's presence; null where that is not wanted
     * @throws IllegalStateException where the topic has a feed already, which cannot begin at a second place, or start to
     *     show presence
     */
    Subscription subscribe(String topic, From from, TopicListener listener, @Nullable PresenceListener presence) {
        Listening one = new Listening(topic, from.after().orElse(null), listener, this::report, this::close);
        boolean starts;
        synchronized (topics) {
            Shared shared = topics.get(topic);
            if (shared == null) {
                Feed begun = new Feed(topic, from, presence != null, listeners, this::forget);
                shared = new Shared(begun, new ArrayList<>());
                topics.put(topic, shared);
            } else if (!from.equals(From.now())) {
                throw new IllegalStateException("this client listens to " + topic
                        + " already; allowed for a further listener is to begin with the next message");
            } else if (presence != null && !shared.feed().showsPresence()) {
                throw new IllegalStateException("this client listens to " + topic
                        + " already, without presence; allowed is to request presence with the first listener");
            }
            Feed feed = shared.feed();
            if (presence != null) {
                one.show(presence, feed.present());
            }
            shared.listening().add(one);
            starts = core.put(() -> exchange.join(feed, one));
        }
        startIf(starts);
        return one;
    }

    /** The oldest subscription of the topic. */
    Optional<Subscription> subscription(String topic) {
        synchronized (topics) {
            return Optional.ofNullable(topics.get(topic))
                    .map(shared -> shared.listening().getFirst());
        }
    }

    private void close(Listening one) {
        boolean starts;
        synchronized (topics) {
            Shared shared = topics.get(one.topic());
            // A listener does not own a feed that was refused, even if a new feed was created since.
            if (shared == null || !shared.listening().remove(one)) {
                return;
            }
            boolean last = shared.listening().isEmpty();
            if (last) {
                topics.remove(one.topic());
            }
            starts = core.put(() -> exchange.leave(shared.feed(), one, last));
        }
        startIf(starts);
    }

    /** The server has refused the feed. A later subscription asks the server again. */
    private void forget(Feed feed) {
        synchronized (topics) {
            Shared shared = topics.get(feed.topic());
            if (shared != null && shared.feed() == feed) {
                topics.remove(feed.topic());
            }
        }
    }

    private void startIf(boolean starts) {
        if (starts) {
            core.start();
        }
    }

    private void report(ListenerFailure failure) {
        // A separate task: a hook that throws is logged, and does not disturb a listener.
        listeners.post(() -> failures.accept(failure));
    }
}
