package io.tidegate.hub;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Bytes of this node's connections that are on their way to the relay. All connections share the relay's queue, which
 * refuses publishes when it is full. Long before that, the connections that fill it are not read ({@link PublishShare}).
 *
 * <p>Any thread adds, removes and waits. Each answered publish wakes one waiting thread, in the order of waiting, so that
 * not all of them publish at once. The tick also wakes some, because an answer may come when no waiting thread can
 * continue.
 */
final class PublishRoom {
    /** Bytes above which a connection waits that has bytes on their way itself. */
    static final long ROOM = 4 << 20;

    /** Bytes above which every connection waits: half of what the relay takes. */
    static final long FULL = 8 << 20;

    private static final int AWAKENED_BY_TICK = 32;

    private final AtomicLong bytes = new AtomicLong();
    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

    void add(int more) {
        bytes.addAndGet(more);
    }

    void remove(int fewer) {
        bytes.addAndGet(-fewer);
        wake(1);
    }

    /** Whether a connection with this many bytes on their way may be read. */
    boolean hasRoom(long mine) {
        return bytes.get() <= (mine > 0 ? ROOM : FULL);
    }

    /** The thread is woken when it should check again. It may be woken for no reason. */
    void enter(Thread thread) {
        waiting.add(thread);
    }

    void leave(Thread thread) {
        waiting.remove(thread);
    }

    void tick() {
        wake(AWAKENED_BY_TICK);
    }

    private void wake(int most) {
        for (int i = 0; i < most && !waiting.isEmpty(); i++) {
            LockSupport.unpark(waiting.poll());
        }
    }
}
