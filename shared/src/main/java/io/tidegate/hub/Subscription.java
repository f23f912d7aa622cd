package io.tidegate.hub;

import io.tidegate.metrics.Metrics.Recovery;
import io.tidegate.protocol.ClientFrame;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.ServerFrame;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.relay.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection's subscription to one topic. For its write loop's thread alone.
 *
 * <p>On a wire without positions the subscription is live at once. On a wire with positions it first catches up, by
 * reads, from the position that the client has seen to the present. It reads the topic's history page by page, or, where
 * it begins at the present, only the topic's last position. What the loop delivers while no read is under way need not be
 * kept, because a later read finds it in the history. What the loop delivers during a read is held, and is sent after the
 * last page. A message that is in both is dropped by its position. If more is delivered than may be held, all of it is
 * dropped, and one more page is read.
 *
 * <p>One class, although long: every phase uses the same position and the same held messages.
 */
final class Subscription {
    private enum Phase {
        /** The relay does not deliver the topic yet, or the subscription waits for its turn to read. */
        WAITING,
        /** A read is under way. */
        READING,
        /** All that was held is sent. The next message may be one that was read already. */
        CAUGHT_UP,
        /** The next message is new. */
        LIVE,
        /** Nothing may be sent any more. */
        ENDED
    }

    private static final Position NOWHERE = new Position("0", 0);

    private final Subscriber subscriber;
    private final Topic topic;

    /**
     * The connection's queue. The reference is kept here so that a delivery need not read the connection: cache misses
     * are what a fan-out costs.
     */
    private final OutboundQueue queue;

    private final Wire wire;
    private Phase phase;
    private int place;

    /**
     * What the subscription needs until it is live. It is an object of its own, because a delivery reads all fields of
     * this one.
     */
    private @Nullable Progress progress;

    /** The progress of a subscription that catches up. */
    private static final class Progress {
        /** Where the next page begins; null where delivery begins at the present or with the last messages. */
        private @Nullable Position from;

        /** How many of the last messages to read first; 0 for none. */
        private int last;

        /** Whether the client resumes from a position. */
        private final boolean resumes;

        /** Whether the client has its answer. */
        private boolean begun;

        /** Whether the client wants to see the topic's presence first. */
        private boolean awaitsPresence;

        /**
         * Whether the history does not reach back to the client's position any more. The subscription then begins at the
         * present.
         */
        private boolean lost;

        /** What was delivered during a read, in its order: {@link TopicBatch} or, for a gap, {@link Position}. */
        private @Nullable List<Object> held;

        private long heldBytes;
        private boolean overflowed;

        /** The last position that was sent, or that the client had seen before. */
        private Position sent;

        Progress(ClientFrame.Subscribe asked) {
            this(asked.after().orElse(null), asked.last());
            this.awaitsPresence = asked.presence();
        }

        Progress(@Nullable Position from, int last) {
            this.from = from;
            this.last = last;
            this.resumes = from != null;
            this.sent = from == null ? NOWHERE : from;
        }

        void drop() {
            held = null;
            heldBytes = 0;
        }
    }

    /**
     * A subscription that has still to catch up.
     *
     * @param asked the client's request, or the request that its URL makes
     */
    Subscription(Subscriber subscriber, ClientFrame.Subscribe asked) {
        this.subscriber = subscriber;
        this.topic = asked.topic();
        this.queue = subscriber.queue();
        this.wire = subscriber.wire();
        this.phase = wire.resumes() ? Phase.WAITING : Phase.LIVE;
        this.progress = wire.resumes() ? new Progress(asked) : null;
    }

    /** Whether the topic's presence must be sent before its messages. */
    boolean awaitsPresence() {
        return progress != null && progress.awaitsPresence;
    }

    void presenceShown() {
        if (progress != null) {
            progress.awaitsPresence = false;
        }
    }

    Optional<String> user() {
        return subscriber.connection().user();
    }

    Topic topic() {
        return topic;
    }

    Subscriber subscriber() {
        return subscriber;
    }

    /** The subscription's index in the audience. */
    int place() {
        return place;
    }

    void place(int index) {
        place = index;
    }

    boolean begun() {
        return progress == null || progress.begun;
    }

    boolean isEnded() {
        return phase == Phase.ENDED;
    }

    /** Whether the subscription waits for a read. */
    boolean wantsToRead() {
        return phase == Phase.WAITING;
    }

    /** Where the subscription's next page begins; null where that is not known. */
    @Nullable
    Position from() {
        return progress == null ? null : progress.from;
    }

    /** How many of the topic's last messages the next page begins with; 0 where the page begins elsewhere. */
    int last() {
        return progress == null ? 0 : progress.last;
    }

    /** Whether the subscription needs a page, and not the topic's last position. */
    boolean needsPage() {
        return progress != null && (progress.from != null || progress.last > 0);
    }

    private Progress progress() {
        return Objects.requireNonNull(progress, "it is not live");
    }

    /** Takes messages of the topic that follow all earlier ones. */
    void deliver(TopicBatch batch) {
        switch (phase) {
            case LIVE -> offer(batch.frames(wire));
            case CAUGHT_UP -> {
                if (batch.isKept()) {
                    sendBehind(batch);
                } else {
                    offer(batch.frames(wire));
                }
            }
            case READING -> hold(batch, batch.frames(wire).length());
            case WAITING, ENDED -> {
                // The next read finds these messages. Messages without history are only for live subscriptions.
            }
        }
    }

    /** Messages are missing before this position. */
    void gap(Position position) {
        switch (phase) {
            case LIVE, CAUGHT_UP -> passGap(position);
            case READING -> hold(position, 0);
            case WAITING, ENDED -> {
                // The next read finds the gap.
            }
        }
    }

    /** Nothing has been published since the client's position: the subscription is at the present. */
    void beginAtPresent() {
        begin(progress().sent, true);
        reachPresent(true);
    }

    /** The read of this subscription begins now. */
    void reading() {
        phase = Phase.READING;
        progress().drop();
        progress().overflowed = false;
    }

    /** The read of this subscription has failed and must be retried. */
    void readFailed() {
        if (phase == Phase.READING) {
            readAgain();
        }
    }

    private void readAgain() {
        phase = Phase.WAITING;
        progress().drop();
    }

    /** Makes the frames of a page. Any thread, because it takes long. */
    @Nullable
    FrameBatch frames(History page) {
        if (page.messages().isEmpty()) {
            return null;
        }
        FrameBatch frames = wire.encode(topic, page.after().plus(1), page.messages());
        queue.prepare(frames);
        return frames;
    }

    /**
     * A page of the history has come.
     *
     * @param frames the page's frames, made by {@link #frames}
     */
    void read(History page, @Nullable FrameBatch frames) {
        if (phase != Phase.READING) {
            return;
        }
        Progress way = progress();
        boolean isBeginning = way.last > 0;
        way.last = 0;
        if (!page.reaches()) {
            way.from = null;
            way.lost = true;
            readAgain();
            return;
        }
        if (!way.begun) {
            begin(isBeginning ? page.after() : way.sent, true);
        }
        if (frames != null) {
            queue.push(frames);
            way.sent = page.last();
        }
        way.from = way.sent;
        if (page.more() || way.overflowed) {
            readAgain();
        } else {
            reachPresent(way.resumes && !way.lost);
        }
    }

    /** The position of the topic's last message has come. */
    void read(Position head) {
        if (phase != Phase.READING) {
            return;
        }
        Progress way = progress();
        begin(head, !way.lost);
        way.from = head;
        if (way.overflowed) {
            readAgain();
        } else {
            reachPresent(false);
        }
    }

    /**
     * Ends the subscription.
     *
     * @param delivered the last position that the loop has handed out
     * @return where the client may resume
     */
    Position end(@Nullable Position delivered) {
        Position last = progress == null ? delivered : progress.sent;
        phase = Phase.ENDED;
        if (progress != null) {
            progress.drop();
        }
        return last == null ? NOWHERE : last;
    }

    private void reachPresent(boolean recovered) {
        if (recovered) {
            subscriber.recovery(Recovery.COMPLETE);
        }
        phase = Phase.CAUGHT_UP;
        List<Object> waiting = progress().held;
        progress().drop();
        if (waiting == null) {
            return;
        }
        for (Object event : waiting) {
            if (event instanceof TopicBatch batch) {
                deliver(batch);
            } else {
                gap((Position) event);
            }
        }
    }

    private void hold(Object event, int bytes) {
        Progress way = progress();
        if (way.overflowed) {
            return;
        }
        way.heldBytes += bytes;
        if (way.heldBytes > subscriber.queueLimit() / 4) {
            way.overflowed = true;
            way.drop();
            return;
        }
        if (way.held == null) {
            way.held = new ArrayList<>();
        }
        way.held.add(event);
    }

    private void sendBehind(TopicBatch batch) {
        Position sent = progress().sent;
        TopicBatch rest = isSent(batch.first()) ? batch.behind(sent) : batch;
        if (!rest.isEmpty()) {
            phase = Phase.LIVE;
            progress = null;
            offer(rest.frames(wire));
        }
    }

    private void passGap(Position position) {
        if (!wire.resumes() || (phase == Phase.CAUGHT_UP && isSent(position))) {
            return;
        }
        phase = Phase.CAUGHT_UP;
        progress = new Progress(position, 0);
        begin(position, false);
    }

    private boolean isSent(Position position) {
        Position sent = progress().sent;
        return position.epoch().equals(sent.epoch()) && position.offset() <= sent.offset();
    }

    private void offer(FrameBatch frames) {
        if (queue.offer(frames) == OutboundQueue.Offer.FULL) {
            subscriber.tooSlow();
        }
    }

    /** Tells the client where delivery begins. */
    private void begin(Position position, boolean recovered) {
        progress().sent = position;
        progress().begun = true;
        if (!recovered) {
            subscriber.recovery(Recovery.LOST);
        }
        offer(FrameBatch.of(new ServerFrame.Subscribed(topic, position, recovered)));
    }
}
