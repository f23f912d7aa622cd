package io.tidegate.owner;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * An owner with its own platform thread. It works in rounds: while one round ends, the events of the next gather.
 *
 * <p>It parks when no event is left. A thread that posts wakes the loop only if the loop's {@code parked} flag is set.
 * The loop sets the flag before it checks the events once more, and a poster adds its event before it reads the flag. So
 * at least one of the two sees the other.
 */
final class Loop<E> implements Owner<E>, AutoCloseable {
    /** A limit, so that events cannot delay the end of a round forever. */
    private static final int EVENTS_A_ROUND = 1 << 14;

    private final Queue<E> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean parked = new AtomicBoolean();
    private final Owner.Rounds<E> rounds;
    private final Guarded<E> guarded;
    private final Thread thread;
    private final Parking parking;
    private volatile boolean closed;

    Loop(String name, Owner.Rounds<E> rounds, Guarded<E> guarded) {
        this(name, rounds, guarded, Parking.THREADS);
    }

    /** The same with another way to wait, for a test that chooses the interleavings. */
    Loop(String name, Owner.Rounds<E> rounds, Guarded<E> guarded, Parking parking) {
        this.parking = parking;
        this.rounds = rounds;
        this.guarded = guarded;
        this.thread = Thread.ofPlatform().daemon().name("tidegate-" + name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Waits for the end of the thread, after {@link #close}. */
    void join() throws InterruptedException {
        thread.join();
    }

    @Override
    public void post(E event) {
        postQuietly(event);
        if (parked.get() && parked.compareAndSet(true, false)) {
            parking.unpark(thread);
        }
    }

    @Override
    public void postQuietly(E event) {
        events.add(event);
        waiting.getAndIncrement();
    }

    @Override
    public int waiting() {
        return waiting.get();
    }

    @Override
    public long steps() {
        return guarded.steps();
    }

    @Override
    public void close() {
        closed = true;
        parking.unpark(thread);
    }

    private void run() {
        while (!closed) {
            int taken = take();
            if (!finish() && taken == 0) {
                park();
            }
        }
    }

    private int take() {
        int taken = 0;
        E event;
        while (taken < EVENTS_A_ROUND && !rounds.isFull() && (event = events.poll()) != null) {
            taken++;
            guarded.step(event);
        }
        if (taken > 0) {
            waiting.addAndGet(-taken);
        }
        return taken;
    }

    private boolean finish() {
        try {
            return rounds.finish();
        } catch (Throwable defect) {
            guarded.report(defect);
            return true;
        }
    }

    private void park() {
        parked.set(true);
        if (events.isEmpty() && !closed) {
            parking.park(this);
        }
        parked.set(false);
    }

    /** How the loop waits. */
    interface Parking {
        /** Waits like {@link LockSupport}, which may return without a reason. */
        Parking THREADS = new Parking() {
            @Override
            public void park(Object blocker) {
                LockSupport.park(blocker);
            }

            @Override
            public void unpark(Thread thread) {
                LockSupport.unpark(thread);
            }
        };

        /** Waits until {@link #unpark} was called since the last wait. Only the loop's thread. */
        void park(Object blocker);

        /** Ends the current wait, or the next one. Any thread. */
        void unpark(Thread thread);
    }
}
