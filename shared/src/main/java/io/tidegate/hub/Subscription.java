package io.tidegate.hub;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.tidegate.metrics.Metrics.Recovery;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.ServerFrame;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.relay.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection's subscription to one topic, from the moment on in which the write loop sees it.
 *
 * <p>On a wire that knows no positions it is live at once. On one that does, what the write loop delivers is held until
 * {@link Resume}, on a thread of its own, has sent what comes before it: it reads the history only after the write loop sees
 * this subscription, so whatever was delivered earlier is in that history, and whatever is delivered later is held here.
 * What is in both is dropped by its position. From the first message on that cannot be in both, {@link #live} saves
 * the look at positions.
 *
 * <p>The lock orders {@link Resume} and the write loop at this one queue; nothing under it does I/O.
 */
final class Subscription {
    /** What the write loop says. */
    private sealed interface Event {}

    private record Fresh(TopicBatch batch) implements Event {}

    private record Gap(Position position) implements Event {}

    private static final Position NOWHERE = new Position("0", 0);

    private final Connection connection;
    private final Topic topic;

    /** The connection's own, so that a delivery need not look at it: what is not in the cache is what fan-out costs. */
    private final OutboundQueue queue;

    private final Wire wire;
    private volatile boolean live;

    /** Nothing may be sent any more. */
    private volatile boolean ended;

    /** What the write loop delivered meanwhile, in its order; null once that is sent. */
    @GuardedBy("this")
    private @Nullable List<Event> held;

    @GuardedBy("this")
    private long heldBytes;

    /** Up to here all has been sent, or was known to the client. */
    @GuardedBy("this")
    private Position sent;

    /**
     * A subscription that nobody knows yet.
     *
     * @param after where the client wants to resume
     */
    Subscription(Connection connection, Topic topic, Optional<Position> after) {
        this.connection = connection;
        this.topic = topic;
        this.queue = connection.queue();
        this.wire = connection.wire();
        this.live = !connection.resumes();
        this.held = live ? null : new ArrayList<>();
        this.sent = after.orElse(NOWHERE);
    }

    Topic topic() {
        return topic;
    }

    Connection connection() {
        return connection;
    }

    boolean isOpen() {
        return !ended && !connection.closing();
    }

    /** The write loop has messages. */
    void deliver(TopicBatch batch) {
        if (live) {
            if (queue.offer(batch.frames(wire)) == OutboundQueue.Offer.FULL) {
                connection.tooSlow();
            }
        } else {
            holdOrSend(new Fresh(batch));
        }
    }

    /** The write loop has learned that messages are missing before this position. */
    void gap(Position position) {
        if (connection.resumes()) {
            holdOrSend(new Gap(position));
        }
    }

    private synchronized void holdOrSend(Event event) {
        if (held == null) {
            send(event);
            return;
        }
        held.add(event);
        if (event instanceof Fresh fresh) {
            heldBytes += fresh.batch.frames(wire).length();
        }
        if (heldBytes > connection.queueLimit()) {
            connection.overload("more was published than could be held while the history was read");
        }
    }

    @GuardedBy("this")
    private void send(Event event) {
        if (ended) {
            return;
        }
        switch (event) {
            case Fresh fresh -> sendBehind(fresh.batch);
            case Gap gap -> {
                if (live || !isSent(gap.position)) {
                    begin(gap.position, false);
                }
            }
        }
    }

    @GuardedBy("this")
    private void sendBehind(TopicBatch batch) {
        TopicBatch rest = isSent(batch.first()) ? batch.behind(sent) : batch;
        if (!rest.isEmpty()) {
            sent = rest.last();
            live = held == null;
            connection.send(rest.frames(wire));
        }
    }

    @GuardedBy("this")
    private boolean isSent(Position position) {
        return position.epoch().equals(sent.epoch()) && position.offset() <= sent.offset();
    }

    /** Tells the client where delivery begins. */
    synchronized void begin(Position position, boolean recovered) {
        if (ended) {
            return;
        }
        sent = position;
        if (!recovered) {
            connection.recovery(Recovery.LOST);
        }
        connection.send(FrameBatch.of(new ServerFrame.Subscribed(topic, position, recovered)));
    }

    /** Sends what follows, from the history. */
    synchronized void resend(History page) {
        if (ended || page.messages().isEmpty()) {
            return;
        }
        connection.send(wire.encode(topic, page.after().plus(1), page.messages()));
        sent = page.last();
    }

    /** The history is sent: what was held follows, and what comes from now on. */
    synchronized void catchUp() {
        if (held != null) {
            for (Event event : held) {
                send(event);
            }
            // Only now: whoever finds nothing held may go live, and overtake.
            held = null;
        }
    }

    /** Sends nothing more; for the write loop. */
    synchronized void end() {
        ended = true;
        live = false;
        held = null;
    }

    /**
     * The same, with an answer.
     *
     * @param delivered the last message that the write loop has delivered
     */
    synchronized void end(@Nullable Position delivered) {
        Position last = live && delivered != null ? delivered : sent;
        end();
        connection.send(FrameBatch.of(new ServerFrame.Unsubscribed(topic, last)));
    }
}
