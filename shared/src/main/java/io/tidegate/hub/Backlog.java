package io.tidegate.hub;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Bytes that have arrived from the relay and wait for write loops. They are counted once for each loop that has to take
 * them. Above {@link #ROOM} this node's own publishers wait. What other nodes publish cannot be held back: above {@link
 * #OVERFLOW} it is dropped, and the topic's subscribers are told by a close.
 *
 * <p>Any thread may add and wait. A waiting thread enters the queue before it looks at the bytes again, and a thread that
 * removes bytes looks at the queue afterwards. So no thread waits while there is room.
 */
final class Backlog {
    /** Bytes above which this node's publishers wait. */
    static final long ROOM = 4 << 20;

    /** Bytes above which messages are dropped. */
    static final long OVERFLOW = 64 << 20;

    private final AtomicLong bytes = new AtomicLong();
    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

    /** Counts bytes that have arrived; false where there is no room for them. */
    boolean add(int more) {
        if (bytes.get() > OVERFLOW) {
            return false;
        }
        bytes.addAndGet(more);
        return true;
    }

    void remove(int fewer) {
        bytes.addAndGet(-fewer);
        if (!waiting.isEmpty() && hasRoom()) {
            Thread next;
            while ((next = waiting.poll()) != null) {
                LockSupport.unpark(next);
            }
        }
    }

    boolean hasRoom() {
        return bytes.get() <= ROOM;
    }

    void awaitRoom() throws InterruptedException {
        while (!hasRoom()) {
            waiting.add(Thread.currentThread());
            if (!hasRoom()) {
                LockSupport.park(this);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
