package io.tidegate.owner;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An owner without a thread: who posts into an idle one steps it, until nothing waits. So it adds neither a thread nor a
 * wake-up to the way of a message. A poster whom others keep busy for {@link #TURN} events hands over to the pool.
 *
 * <p>The count is what makes it exclusive. Each poster adds its event before it counts it, and who counts from 0 to 1 is the
 * one that steps; it takes as many events as it counts down, so there is one for each, and it leaves at 0. The two
 * operations on the count also publish the state from one stepping thread to the next.
 */
final class Serial<E> implements Owner<E> {
    /** Events that one poster steps for others. */
    static final int TURN = 256;

    private final Queue<E> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Guarded<E> guarded;
    private final Executor pool;
    private final int turn;

    Serial(Guarded<E> guarded, Executor pool) {
        this(guarded, pool, TURN);
    }

    /**
     * The same with another turn.
     *
     * @param turn events that one poster steps, 1 or more
     */
    Serial(Guarded<E> guarded, Executor pool, int turn) {
        this.guarded = guarded;
        this.pool = pool;
        this.turn = turn;
    }

    @Override
    public void post(E event) {
        events.add(event);
        if (waiting.getAndIncrement() == 0) {
            run();
        }
    }

    private void run() {
        for (int i = 0; i < turn; i++) {
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
