package io.tidegate.hub;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.tidegate.protocol.FrameBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one peer, bounded in bytes.
 *
 * <p>Any thread may offer; nobody who offers ever touches the socket. At most one thread writes, from the offer that
 * found the queue idle until everything is written: the {@link WriteLoop}, and where the peer does not take all at once, a
 * virtual thread of its own, which waits for it. All that waits leaves in one write. The lock is never held during that
 * write.
 */
final class OutboundQueue {

    /** What became of an offer. */
    enum Offer {
        ACCEPTED,
        /** The bytes do not fit: the peer is too slow. */
        FULL,
        /** Nothing may follow the last frame. */
        ENDED
    }

    private enum State {
        /** The handshake's answer is not out yet. */
        CORKED,
        IDLE,
        /** Waits for the write loop, or is being written by it or by a thread of its own. */
        SCHEDULED,
        /** The socket failed. */
        BROKEN
    }

    private static final long ROOM_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Transport transport;
    private final WriteLoop loop;
    private final int limit;

    /** What waits, in order. Mostly that is one batch or none: a list of its own would be two more cache misses a delivery. */
    @GuardedBy("this")
    private @Nullable FrameBatch first;

    /** What waits behind the first. */
    @GuardedBy("this")
    private @Nullable List<FrameBatch> rest;

    /** Waiting and being written. */
    @GuardedBy("this")
    private int bytes;

    @GuardedBy("this")
    private State state = State.CORKED;

    @GuardedBy("this")
    private boolean ended;

    /** Of whoever waits for the last frame. */
    @GuardedBy("this")
    private @Nullable CountDownLatch finished;

    /**
     * A queue that keeps what is offered until {@link #open}.
     *
     * @param limit bytes that may wait; a batch for a peer that has read everything is always accepted
     */
    OutboundQueue(Transport transport, WriteLoop loop, int limit) {
        this.transport = transport;
        this.loop = loop;
        this.limit = limit;
    }

    Offer offer(FrameBatch batch) {
        synchronized (this) {
            if (ended || state == State.BROKEN) {
                return Offer.ENDED;
            }
            if (bytes > 0 && bytes + batch.length() > limit) {
                return Offer.FULL;
            }
            if (!enqueue(batch)) {
                return Offer.ACCEPTED;
            }
        }
        loop.schedule(this);
        return Offer.ACCEPTED;
    }

    /**
     * Appends the last frame.
     *
     * @param discard drop what waits before it
     */
    void end(FrameBatch last, boolean discard) {
        synchronized (this) {
            if (ended || state == State.BROKEN) {
                return;
            }
            ended = true;
            if (discard && first != null) {
                bytes -= take().length();
            }
            if (!enqueue(last)) {
                return;
            }
        }
        loop.schedule(this);
    }

    /** Lets what waits go: the handshake's answer is on the socket. */
    void open() {
        synchronized (this) {
            if (state != State.CORKED) {
                return;
            }
            state = first == null ? State.IDLE : State.SCHEDULED;
            if (state == State.IDLE) {
                return;
            }
        }
        loop.schedule(this);
    }

    /** Waits until the last frame is written, or cannot be. */
    void awaitFinished(long nanos) throws InterruptedException {
        CountDownLatch latch;
        synchronized (this) {
            if (isFinished()) {
                return;
            }
            latch = finished == null ? new CountDownLatch(1) : finished;
            finished = latch;
        }
        boolean ignored = latch.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** Waits until no more than so many bytes wait, or nothing can be written any more. */
    void awaitRoom(int most) throws InterruptedException {
        // Looking again and again costs less than a condition that each write would have to signal: hardly anybody
        // waits.
        while (isAbove(most)) {
            LockSupport.parkNanos(this, ROOM_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private synchronized boolean isAbove(int most) {
        return bytes > most && !ended && state != State.BROKEN;
    }

    /** Bytes that wait or are being written. */
    synchronized int bytes() {
        return bytes;
    }

    /**
     * Writes all that waits, in one write, and waits for nobody. Only for the write loop, which has this queue.
     *
     * @return true where more has come meanwhile: the loop still has it
     */
    boolean write() {
        FrameBatch batch = take();
        int taken = transport.writeNow(batch.bytes());
        if (taken == batch.length()) {
            return written(batch);
        }
        Thread.startVirtualThread(() -> writeWaiting(batch, taken));
        return false;
    }

    /** Writes the rest, and what comes meanwhile, until the peer has taken everything: then the loop can have it again. */
    private void writeWaiting(FrameBatch begun, int from) {
        try {
            transport.write(begun.bytes(), from);
            FrameBatch batch = begun;
            while (written(batch)) {
                batch = take();
                transport.write(batch.bytes(), 0);
            }
        } catch (IOException | RuntimeException e) {
            fail();
        }
    }

    /** Returns true where more waits. */
    private boolean written(FrameBatch batch) {
        loop.written(batch.frames());
        synchronized (this) {
            bytes -= batch.length();
            if (first != null) {
                return true;
            }
            state = State.IDLE;
            if (ended) {
                tellFinished();
            }
            return false;
        }
    }

    /** Gives up. The reader finds out by itself that the socket is gone, and cleans up. */
    void fail() {
        synchronized (this) {
            state = State.BROKEN;
            first = null;
            rest = null;
            bytes = 0;
            tellFinished();
        }
        transport.abort();
    }

    /** Returns true where the caller must schedule this queue. */
    @GuardedBy("this")
    private boolean enqueue(FrameBatch batch) {
        if (first == null) {
            first = batch;
        } else {
            if (rest == null) {
                rest = new ArrayList<>();
            }
            rest.add(batch);
        }
        bytes += batch.length();
        if (state != State.IDLE) {
            return false;
        }
        state = State.SCHEDULED;
        return true;
    }

    /** All that waits, as one. */
    private synchronized FrameBatch take() {
        FrameBatch all = Objects.requireNonNull(first, "a queue is scheduled only while something waits");
        if (rest != null) {
            rest.addFirst(all);
            all = FrameBatch.join(rest);
            rest = null;
        }
        first = null;
        return all;
    }

    @GuardedBy("this")
    private boolean isFinished() {
        return state == State.BROKEN || (ended && state == State.IDLE);
    }

    @GuardedBy("this")
    private void tellFinished() {
        if (finished != null) {
            finished.countDown();
        }
    }
}
