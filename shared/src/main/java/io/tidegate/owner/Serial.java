package io.tidegate.owner;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An owner without a thread. A thread that posts to an idle owner steps the events itself, until none waits. So the owner
 * adds neither a thread nor a wake-up to the way of a message. A poster that has stepped {@link #MOST_STEPS} events hands over
 * to the pool.
 *
 * <p>The count makes the steps exclusive. Each poster adds its event before it increments the count, and the poster that
 * increments it from 0 to 1 steps. The stepping thread takes as many events as it subtracts from the count, and stops at
 * 0. The two operations on the count also publish the state from one stepping thread to the next.
 */
final class Serial<E> implements Owner<E> {
    /** The largest number of events that one poster steps. */
    static final int MOST_STEPS = 256;

    private final Queue<E> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Guarded<E> guarded;
    private final Executor pool;
    private final int mostSteps;

    Serial(Guarded<E> guarded, Executor pool) {
        this(guarded, pool, MOST_STEPS);
    }

    /**
     * The same with another limit of events.
     *
     * @param mostSteps events that one poster steps, 1 or more
     */
    Serial(Guarded<E> guarded, Executor pool, int mostSteps) {
        this.guarded = guarded;
        this.pool = pool;
        this.mostSteps = mostSteps;
    }

    @Override
    public void post(E event) {
        events.add(event);
        if (waiting.getAndIncrement() == 0) {
            run();
        }
    }

    private void run() {
        for (int i = 0; i < mostSteps; i++) {
            E event = events.poll();
            if (event != null) {
                guarded.step(event);
            }
            if (waiting.decrementAndGet() == 0) {
                return;
            }
        }
        pool.execute(this::run);
    }

    @Override
    public int waiting() {
        return waiting.get();
    }

    @Override
    public long steps() {
        return guarded.steps();
    }
}
