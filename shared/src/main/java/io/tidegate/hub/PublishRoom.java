package io.tidegate.hub;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Bytes that this node's connections have on their way to the relay. The relay's queue is one for all and refuses what is too
 * much; so long before that those who fill it are not read ({@link PublishShare}).
 *
 * <p>Any thread adds, takes away and waits. Each publish that is answered lets one waiting thread look again, in their order, so
 * that not all of them publish at once; the tick does the same for some, since an answer may come when nobody who waits can go on.
 */
final class PublishRoom {
    /** Bytes above which a connection waits that has something on its way. */
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

    /** Whether a connection may be read that has so much on its way. */
    boolean hasRoom(long mine) {
        return bytes.get() <= (mine > 0 ? ROOM : FULL);
    }

    /** The thread is woken when it should look again; it may be so for no reason. */
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
