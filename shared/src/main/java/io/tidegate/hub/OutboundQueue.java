package io.tidegate.hub;

import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.FrameCompression;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The frames that wait for one peer, limited in bytes. For the write loop's thread alone.
 *
 * <p>All that waits leaves in one write. If the peer does not take all of it at once, another thread writes the rest
 * ({@link Transport#writeRest}). Until the end of that write is reported, new frames only gather.
 *
 * <p>One class, although long: its fields are packed into one small object (decision 16), and every method uses all of
 * them.
 */
final class OutboundQueue {
    /**
     * What a waiting batch costs besides its bytes. Without it a peer that reads nothing could fill the heap with small
     * batches.
     */
    static final int ENTRY = 64;

    /** The result of an offer. */
    enum Offer {
        ACCEPTED,
        /** The bytes do not fit, because the peer is too slow. */
        FULL,
        /** Nothing may follow the last frame. */
        ENDED
    }

    private enum State {
        /** The handshake's answer is not written yet. */
        CORKED,
        IDLE,
        /** Waits for the end of the round. */
        DUE,
        /** The peer has not taken everything yet. */
        BLOCKED,
        /** The socket failed. */
        BROKEN
    }

    private final Transport transport;
    private final Outbound outbound;
    private final @Nullable FrameCompression compression;

    /**
     * The first batch that waits. Mostly there is one batch or none, and a list would cost two more cache misses for each
     * delivery.
     */
    private @Nullable FrameBatch first;

    /** The batches behind the first, in order. */
    private @Nullable List<FrameBatch> rest;

    /** Bytes that wait or are being written. */
    private int bytes;

    private State state = State.CORKED;
    private boolean ended;

    /** Written only by the loop, read by the tick. */
    private volatile boolean blocked;

    /**
     * Callbacks that wait for something of this queue. They are in an object of their own, because a delivery reads all
     * fields of this one.
     */
    private @Nullable Waiting waiting;

    private static final class Waiting {
        /** Run when so little waits that more history may be read for this peer. */
        private final ArrayDeque<Runnable> room = new ArrayDeque<>(1);

        /** The last pong, while the peer takes nothing. The last pong is enough (RFC 6455, section 5.5.3). */
        private @Nullable FrameBatch pong;

        /** Run when the last frame is written. */
        private final List<Runnable> end = new ArrayList<>(1);
    }

    /** Bytes that wait or are being written. */
    int bytes() {
        return bytes;
    }

    /**
     * A queue that keeps what is offered until {@link #open}.
     *
     * @param outbound is told of queues that have something to write
     * @param compression null where the peer takes no compressed frames
     */
    OutboundQueue(Transport transport, Outbound outbound, @Nullable FrameCompression compression) {
        this.transport = transport;
        this.outbound = outbound;
        this.compression = compression;
    }

    /**
     * Compresses a batch before it is offered, because compression may take long. Does nothing where the peer takes no
     * compressed frames. Any thread.
     */
    void prepare(FrameBatch batch) {
        if (compression != null) {
            var unused = compression.of(batch);
        }
    }

    Offer offer(FrameBatch plain) {
        if (ended || state == State.BROKEN) {
            return Offer.ENDED;
        }
        FrameBatch batch = compression == null ? plain : compressed(plain, compression);
        if (bytes > 0 && bytes + waits() * ENTRY + batch.length() > outbound.limit()) {
            return Offer.FULL;
        }
        enqueue(batch);
        return Offer.ACCEPTED;
    }

    private FrameBatch compressed(FrameBatch plain, FrameCompression by) {
        FrameBatch batch = by.of(plain);
        outbound.countCompressed(plain.length(), batch.length());
        return batch;
    }

    /** The number of batches behind the first. */
    private int waits() {
        return rest == null ? 0 : rest.size();
    }

    /** Offers the answer to a ping. While the peer takes nothing, it replaces the previous answer. */
    Offer offerPong(FrameBatch batch) {
        if (state != State.BLOCKED || ended) {
            return offer(batch);
        }
        waiting().pong = batch;
        return Offer.ACCEPTED;
    }

    /**
     * Adds frames that the server itself has chosen to send now, without a check of the limit: the caller has checked
     * {@link #hasRoom}.
     */
    void push(FrameBatch batch) {
        if (!ended && state != State.BROKEN) {
            enqueue(compression == null ? batch : compressed(batch, compression));
        }
    }

    /**
     * Appends the last frame.
     *
     * @param discard drop what waits before it
     */
    void end(FrameBatch last, boolean discard) {
        if (ended || state == State.BROKEN) {
            return;
        }
        ended = true;
        if (discard && first != null) {
            count(-take().length());
        }
        enqueue(last);
    }

    /** Starts to write what waits: the handshake's answer is on the socket. */
    void open() {
        if (state == State.CORKED) {
            state = State.IDLE;
            makeDue();
        }
    }

    /** Whether the peer does not take what is written to it. Any thread. */
    boolean isBlocked() {
        return blocked;
    }

    /** Whether so little waits that the server may add a page of history. */
    boolean hasRoom() {
        return bytes <= outbound.limit() / 4;
    }

    /** Calls back once when {@link #hasRoom} has become true. */
    void whenRoom(Runnable told) {
        waiting().room.add(told);
    }

    private Waiting waiting() {
        Waiting present = waiting;
        if (present == null) {
            present = new Waiting();
            waiting = present;
        }
        return present;
    }

    /** Calls back when the last frame is written, or cannot be written. */
    void whenFinished(Runnable told) {
        if (isFinished()) {
            told.run();
            return;
        }
        waiting().end.add(told);
    }

    /** Writes all that waits, in one write. Does not wait. */
    void write() {
        if (state != State.DUE) {
            return;
        }
        FrameBatch batch = take();
        int taken = transport.writeNow(batch.bytes());
        if (taken == batch.length()) {
            written(batch);
        } else {
            state = State.BLOCKED;
            blocked = true;
            transport.writeRest(
                    batch.bytes(), taken, failure -> outbound.post(new LoopEvent.Written(this, batch, failure)));
        }
    }

    /** This batch is completely on the socket. */
    void written(FrameBatch batch) {
        if (state == State.BROKEN) {
            return;
        }
        if (state == State.BLOCKED) {
            blocked = false;
            if (waiting != null) {
                enqueuePong(waiting);
            }
        }
        outbound.countWritten(batch.frames(), batch.length());
        count(-batch.length());
        state = State.IDLE;
        makeDue();
        if (waiting != null) {
            tell(waiting);
        }
    }

    private void enqueuePong(Waiting who) {
        FrameBatch pong = who.pong;
        who.pong = null;
        if (pong != null && !ended) {
            enqueue(pong);
        }
    }

    private void tell(Waiting who) {
        if (ended && first == null) {
            tellFinished();
        }
        while (hasRoom() && !who.room.isEmpty()) {
            who.room.remove().run();
        }
    }

    /** Gives up. The reading thread notices by itself that the socket is gone, and cleans up. */
    void fail() {
        if (state != State.BROKEN) {
            discard();
            transport.abort();
        }
    }

    /** Drops everything. Nothing more is written. */
    void discard() {
        state = State.BROKEN;
        first = null;
        rest = null;
        count(-bytes);
        tellFinished();
    }

    private void enqueue(FrameBatch batch) {
        if (first == null) {
            first = batch;
        } else {
            if (rest == null) {
                rest = new ArrayList<>();
            }
            rest.add(batch);
        }
        count(batch.length());
        makeDue();
    }

    private void makeDue() {
        if (state == State.IDLE && first != null) {
            state = State.DUE;
            outbound.due(this);
        }
    }

    private void count(int more) {
        bytes += more;
        outbound.countBytes(more);
    }

    /** Takes all batches that wait, joined into one. */
    private FrameBatch take() {
        FrameBatch all = Objects.requireNonNull(first, "a queue is due only while something waits");
        if (rest != null) {
            rest.addFirst(all);
            all = FrameBatch.join(rest);
            rest = null;
        }
        first = null;
        return all;
    }

    private boolean isFinished() {
        return state == State.BROKEN || (ended && first == null && state == State.IDLE);
    }

    private void tellFinished() {
        Waiting who = waiting;
        waiting = null;
        if (who != null) {
            who.end.forEach(Runnable::run);
        }
    }
}
