package io.tidegate.client;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one topic, from any connection, for all of its listeners. In the client's mailbox.
 *
 * <p>Each connection delivers a topic's messages in order and without a gap from its start position. While two
 * connections deliver, one of them is ahead. What comes on that one is new, and is remembered. What comes on the other
 * one has been remembered, and is dropped, until the other one has caught up.
 */
final class Feed {
    private static final System.Logger LOG = System.getLogger(Feed.class.getName());

    private final String topic;
    private final From from;
    private final boolean presence;
    private final Mailbox listeners;
    private final Consumer<Feed> over;

    /** The position of the last message. A new connection resumes from it. */
    private @Nullable String received;

    /** Set from {@link #forgetPosition} on until delivery begins. */
    private @Nullable String forgotten;

    private @Nullable Refusal refusal;
    private final Set<String> seen = new HashSet<>();

    /** The listeners, and the last position that they were told. In the listeners' mailbox. */
    private final List<Listening> audience = new ArrayList<>();

    private @Nullable String told;

    /**
     * The users in the topic, as far as listeners were told. Changed in the listeners' mailbox, and read by any thread.
     */
    private final Map<Optional<String>, Present> present = new ConcurrentHashMap<>();

    private boolean listed;

    /**
     * A feed without listeners.
     *
     * @param presence whether the feed shows the topic's presence
     * @param over called when the server has refused the feed
     */
    Feed(String topic, From from, boolean presence, Mailbox listeners, Consumer<Feed> over) {
        this.topic = topic;
        this.from = from;
        this.presence = presence;
        this.received = from.after().orElse(null);
        this.listeners = listeners;
        this.over = over;
    }

    String topic() {
        return topic;
    }

    boolean showsPresence() {
        return presence;
    }

    /** A live view. Any thread. */
    Map<Optional<String>, Present> present() {
        return Collections.unmodifiableMap(present);
    }

    Optional<String> received() {
        return Optional.ofNullable(received);
    }

    /**
     * How many messages of the history are wanted; empty when a message has come, because a connection then resumes after
     * it.
     */
    OptionalInt last() {
        return received == null && forgotten == null ? from.last() : OptionalInt.empty();
    }

    /** The number of remembered positions. */
    int remembered() {
        return seen.size();
    }

    /** Adds a listener, which gets what comes next. */
    void join(Listening one) {
        Refusal refused = refusal;
        if (refused != null) {
            listeners.post(() -> one.refused(refused));
            return;
        }
        listeners.post(() -> {
            audience.add(one);
            if (told != null) {
                one.begins(told);
            }
            if (listed) {
                one.listed();
            }
        });
    }

    void leave(Listening one) {
        listeners.post(() -> {
            audience.remove(one);
            one.isOver();
        });
    }

    /**
     * A message has come.
     *
     * @param position of the message
     * @param alone whether no other connection can deliver the message again; remembered positions are then forgotten
     *     when something new comes
     */
    void accept(Message message, String position, boolean alone) {
        if (seen.contains(position)) {
            return;
        }
        if (alone) {
            seen.clear();
        } else {
            seen.add(position);
        }
        received = position;
        tell(position, one -> one.message(message));
    }

    /** A message without a position has come. It changes nothing else. */
    void pass(Message message) {
        listeners.post(() -> audience.forEach(one -> one.message(message)));
    }

    /** These users are in the topic now. */
    void listed(Map<Optional<String>, Present> users) {
        listeners.post(() -> {
            listed = true;
            present.keySet().retainAll(users.keySet());
            present.putAll(users);
            audience.forEach(Listening::listed);
        });
    }

    void joined(Present one) {
        listeners.post(() -> {
            present.put(one.user(), one);
            audience.forEach(each -> each.joined(one.user()));
        });
    }

    void left(Optional<String> user) {
        listeners.post(() -> {
            present.remove(user);
            audience.forEach(each -> each.left(user));
        });
    }

    /** The position cannot be resumed from: delivery begins at the present, with a gap. */
    void forgetPosition() {
        forgotten = received;
        received = null;
    }

    /** Delivery begins after this position, unless a message came before. */
    void beginAt(String position) {
        if (forgotten != null) {
            received = forgotten;
            forgotten = null;
            lose(position);
            return;
        }
        if (received == null) {
            received = position;
        }
        String begins = received;
        tell(begins, one -> one.begins(begins));
    }

    /**
     * Whether nothing is missing if a connection begins after this position: either another connection has delivered
     * everything up to there, or the request asked for exactly this position.
     */
    boolean covers(String position, Optional<String> asked) {
        return seen.contains(position) || asked.equals(Optional.of(position));
    }

    /** Messages after the last one are lost; delivery continues after this position. */
    void lose(String position) {
        Gap gap = new Gap(topic, received(), position);
        // Remembered positions stay: the other connection may have been ahead of where this one begins.
        received = position;
        tell(position, one -> one.lost(gap));
    }

    /** The server refuses the feed. */
    void refuse(Refusal because) {
        refusal = because;
        // Logged here too, because a listener that is a lambda does not get the refusal.
        LOG.log(
                Level.WARNING,
                "the subscription of {0} was refused: {1}: {2}",
                topic,
                because.code(),
                because.message());
        over.accept(this);
        listeners.post(() -> audience.forEach(one -> one.refused(because)));
    }

    boolean isRefused() {
        return refusal != null;
    }

    /** The client is closed. */
    void closed(String reason) {
        listeners.post(() -> audience.forEach(one -> one.closedWith(reason)));
    }

    private void tell(String position, Consumer<Listening> call) {
        listeners.post(() -> {
            told = position;
            audience.forEach(call);
        });
    }
}
