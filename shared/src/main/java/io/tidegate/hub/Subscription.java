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
 * <p>On a wire that knows no positions it is live at once. On one that does, it is brought from the position that its client has
 * seen to the present by reading: the topic's history, page by page, or, where it begins at the present, the topic's last
 * position. What the loop delivers while nothing is being read for it need not be kept: a later read finds it in the history.
 * What comes while a read is under way is held and follows the last page; what is in both is dropped by its position. Should more
 * come than may be held, it is dropped, too, and one more page is read.
 */
final class Subscription {
    private enum Phase {
        /** The topic is not carried yet, or its turn to read has not come. */
        WAITING,
        /** A read is under way. */
        READING,
        /** All that was held is sent; what comes next may be known already, by what was read. */
        LEVEL,
        /** What comes next is new. */
        LIVE,
        /** Nothing may be sent any more. */
        ENDED
    }

    private static final Position NOWHERE = new Position("0", 0);

    private final Subscriber subscriber;
    private final Topic topic;

    /** The connection's own, so that a delivery need not look at it: what is not in the cache is what fan-out costs. */
    private final OutboundQueue queue;

    private final Wire wire;
    private Phase phase;
    private int place;

    /** What it needs until it is live; an object of its own, since a delivery looks at all of this one. */
    private @Nullable Progress progress;

    /** The way to the present. */
    private static final class Progress {
        /** Where to read on; null where delivery is to begin at the present, or with the last messages. */
        private @Nullable Position from;

        /** How many of the last messages are to be read first; 0 for none. */
        private int last;

        /** The client comes back to a position. */
        private final boolean resumes;

        /** The client is answered. */
        private boolean begun;

        /** The client wants to see first who is there. */
        private boolean awaitsPresence;

        /** What the client asked for is not there any more: it begins at the present. */
        private boolean lost;

        /** What was delivered while reading, in its order: {@link TopicBatch} or, for a gap, {@link Position}. */
        private @Nullable List<Object> held;

        private long heldBytes;
        private boolean overflowed;

        /** Up to here all has been sent, or was known to the client. */
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
     * A subscription that has still to be brought to the present.
     *
     * @param asked as the client has asked for it, or as its URL has
     */
    Subscription(Subscriber subscriber, ClientFrame.Subscribe asked) {
        this.subscriber = subscriber;
        this.topic = asked.topic();
        this.queue = subscriber.queue();
        this.wire = subscriber.wire();
        this.phase = wire.resumes() ? Phase.WAITING : Phase.LIVE;
        this.progress = wire.resumes() ? new Progress(asked) : null;
    }

    /** Whether nothing may be sent of the topic before who is there. */
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

    /** Its place in the audience. */
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

    /** Whether it waits for something to be read. */
    boolean wantsToRead() {
        return phase == Phase.WAITING;
    }

    /** Where its next page begins; null where that is not known. */
    @Nullable
    Position from() {
        return progress == null ? null : progress.from;
    }

    /** How many of the topic's last messages its next page begins with; 0 where it begins elsewhere. */
    int last() {
        return progress == null ? 0 : progress.last;
    }

    /** Whether a page is what it needs, and not the topic's last position. */
    boolean needsPage() {
        return progress != null && (progress.from != null || progress.last > 0);
    }

    private Progress progress() {
        return Objects.requireNonNull(progress, "it is not live");
    }

    /** Messages of the topic, behind all that came before. */
    void deliver(TopicBatch batch) {
        switch (phase) {
            case LIVE -> offer(batch.frames(wire));
            case LEVEL -> {
                if (batch.isKept()) {
                    sendBehind(batch);
                } else {
                    offer(batch.frames(wire));
                }
            }
            case READING -> hold(batch, batch.frames(wire).length());
            case WAITING, ENDED -> {
                // What it still has to read holds them; what is not kept is for those who are at the present.
            }
        }
    }

    /** Messages are missing before this position. */
    void gap(Position position) {
        switch (phase) {
            case LIVE, LEVEL -> passGap(position);
            case READING -> hold(position, 0);
            case WAITING, ENDED -> {
                // What it still has to read shows it.
            }
        }
    }

    /** Nothing has been published since what the client has seen: it is at the present. */
    void beginAtPresent() {
        begin(progress().sent, true);
        goLevel(true);
    }

    /** Its read begins now. */
    void reading() {
        phase = Phase.READING;
        progress().drop();
        progress().overflowed = false;
    }

    /** Its read has failed: it has to be done again. */
    void readFailed() {
        if (phase == Phase.READING) {
            readAgain();
        }
    }

    private void readAgain() {
        phase = Phase.WAITING;
        progress().drop();
    }

    /** The frames of a page; from any thread, since it takes a while. */
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
     * @param frames as {@link #frames} has made them
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
            way.lost |= !isBeginning;
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
            goLevel(way.resumes && !way.lost);
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
            goLevel(false);
        }
    }

    /**
     * Ends it.
     *
     * @param delivered the last position that the loop has handed out
     * @return where its client may resume
     */
    Position end(@Nullable Position delivered) {
        Position last = progress == null ? delivered : progress.sent;
        phase = Phase.ENDED;
        if (progress != null) {
            progress.drop();
        }
        return last == null ? NOWHERE : last;
    }

    private void goLevel(boolean recovered) {
        if (recovered) {
            subscriber.recovery(Recovery.COMPLETE);
        }
        phase = Phase.LEVEL;
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
        if (!wire.resumes() || (phase == Phase.LEVEL && isSent(position))) {
            return;
        }
        phase = Phase.LEVEL;
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
