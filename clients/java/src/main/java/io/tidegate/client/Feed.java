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
 * What comes of one topic, whatever connections it comes over, for all who listen to it. In the client's mailbox.
 *
 * <p>Each connection delivers a topic's messages in order and without a gap from where it was asked to begin. While two
 * connections do, one of them is ahead: whatever comes on it is new, and is remembered; whatever comes on the other one
 * has been remembered, and is dropped, until it has caught up.
 */
final class Feed {
    private static final System.Logger LOG = System.getLogger(Feed.class.getName());

    private final String topic;
    private final From from;
    private final boolean presence;
    private final Mailbox listeners;
    private final Consumer<Feed> over;

    /** The last position that came, from which a new connection resumes. */
    private @Nullable String received;

    /** Set from {@link #forgetPosition} on until delivery begins. */
    private @Nullable String forgotten;

    private @Nullable Refusal refusal;
    private final Set<String> seen = new HashSet<>();

    /** Who is told, and the last position that they were told of. In the mailbox of the listeners. */
    private final List<Listening> audience = new ArrayList<>();

    private @Nullable String told;

    /** Who is there, as far as they were told; changed in the mailbox of the listeners, and read by all. */
    private final Map<Optional<String>, Present> present = new ConcurrentHashMap<>();

    private boolean listed;

    /**
     * One that nobody listens to yet.
     *
     * @param presence whether it shows who is there
     * @param over called when the server has refused it
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

    /** Kept up to date; from any thread. */
    Map<Optional<String>, Present> present() {
        return Collections.unmodifiableMap(present);
    }

    Optional<String> received() {
        return Optional.ofNullable(received);
    }

    /** How many messages of the history are wanted; none once something has come, behind which a connection resumes. */
    OptionalInt last() {
        return received == null && forgotten == null ? from.last() : OptionalInt.empty();
    }

    /** How many positions are remembered. */
    int remembered() {
        return seen.size();
    }

    /** One more listens, from what comes next on. */
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
     * @param position its own
     * @param alone no other connection can deliver it again; then what was remembered is forgotten as soon as this one
     *     brings something new
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

    /** One that is not kept has come, which leaves everything else as it is. */
    void pass(Message message) {
        listeners.post(() -> audience.forEach(one -> one.message(message)));
    }

    /** These are there now. */
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

    /** Delivery begins behind this position, where nothing came before it. */
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
        tell(position, one -> one.lost(gap));
    }

    /** The server will not have it. */
    void refuse(Refusal because) {
        refusal = because;
        // Said here too, since a listener that is a lambda hears nothing of it.
        LOG.log(Level.WARNING, "no subscription of {0}: {1}: {2}", topic, because.code(), because.message());
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
