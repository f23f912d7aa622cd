package io.tidegate.client;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One subscription, whatever connections it comes over.
 *
 * <p>Each connection delivers a topic's messages in order and without a gap from where it was asked to begin. While two
 * connections do, one of them is ahead: whatever comes on it is new, and is remembered; whatever comes on the other one
 * has been remembered, and is dropped, until it has caught up.
 */
final class Feed implements Subscription {
    private final String topic;
    private final TopicListener listener;
    private final Mailbox listeners;
    private final Consumer<Feed> unsubscribe;

    /** The last position that came, from which a new connection resumes. In the client's mailbox, as {@link #seen} is. */
    private @Nullable String received;

    /** Set from {@link #forgetPosition} on until delivery begins. */
    private @Nullable String forgotten;

    private final Set<String> seen = new HashSet<>();

    private volatile @Nullable String delivered;
    private final AtomicBoolean ended = new AtomicBoolean();

    /** @param unsubscribe called by {@link #close}, once */
    Feed(String topic, @Nullable String after, TopicListener listener, Mailbox listeners, Consumer<Feed> unsubscribe) {
        this.topic = topic;
        this.received = after;
        this.delivered = after;
        this.listener = listener;
        this.listeners = listeners;
        this.unsubscribe = unsubscribe;
    }

    @Override
    public String topic() {
        return topic;
    }

    @Override
    public Optional<String> position() {
        return Optional.ofNullable(delivered);
    }

    @Override
    public void close() {
        if (!ended.getAndSet(true)) {
            unsubscribe.accept(this);
        }
    }

    Optional<String> received() {
        return Optional.ofNullable(received);
    }

    /** How many positions are remembered. */
    int remembered() {
        return seen.size();
    }

    /**
     * A message has come.
     *
     * @param alone no other connection can deliver it again; then what was remembered is forgotten as soon as this one
     *     brings something new
     */
    void accept(Message message, boolean alone) {
        if (seen.contains(message.position())) {
            return;
        }
        if (alone) {
            seen.clear();
        } else {
            seen.add(message.position());
        }
        received = message.position();
        tell(() -> {
            listener.message(message);
            delivered = message.position();
        });
    }

    /** The position cannot be resumed from: delivery begins at the present, with a gap. */
    void forgetPosition() {
        forgotten = received;
        received = null;
    }

    /** Delivery begins behind this position, where nothing came before it. */
    void beginAt(String position) {
        if (forgotten != null) {
            received = forgotten;
            forgotten = null;
            lose(position);
        } else if (received == null) {
            received = position;
            tell(() -> delivered = position);
        }
    }

    /**
     * Whether nothing is missing where a connection begins behind this position: another one has brought all up to there, or it
     * was asked to begin just there.
     */
    boolean covers(String position, Optional<String> asked) {
        return seen.contains(position) || asked.equals(Optional.of(position));
    }

    /** What came after the last message is lost; delivery goes on behind this position. */
    void lose(String position) {
        Gap gap = new Gap(topic, received(), position);
        // What is remembered stays: the other connection may have been ahead of where this one begins.
        received = position;
        tell(() -> {
            listener.lost(gap);
            delivered = position;
        });
    }

    void refuse(Refusal refusal) {
        tell(() -> {
            close();
            listener.refused(refusal);
        });
    }

    private void tell(Runnable call) {
        listeners.post(() -> {
            if (!ended.get()) {
                call.run();
            }
        });
    }
}
