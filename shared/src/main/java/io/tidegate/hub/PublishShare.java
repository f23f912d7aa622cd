package io.tidegate.hub;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has on its way to the relay. While that is more than its share, or the relay has much to do for all
 * ({@link PublishRoom}), the connection is not read: its peer waits, and nobody else is refused. Who stays within it meets two
 * counts a publish, and neither a lock nor a wake-up.
 *
 * <p>Any thread adds and takes away; the reading thread waits.
 */
final class PublishShare {
    /** Bytes at which a connection waits for answers: enough for a relay that answers within milliseconds. */
    static final long SHARE = 256 << 10;

    private final PublishRoom room;
    private final AtomicLong mine = new AtomicLong();
    private volatile @Nullable Thread waiting;

    PublishShare(PublishRoom room) {
        this.room = room;
    }

    /** So many bytes are on their way. */
    void add(int more) {
        mine.addAndGet(more);
        room.add(more);
    }

    /** They have been answered. */
    void remove(int fewer) {
        mine.addAndGet(-fewer);
        Thread thread = waiting;
        if (thread != null && isWithin()) {
            LockSupport.unpark(thread);
        }
        room.remove(fewer);
    }

    /** Whether the next frame may be read now. Any thread. */
    boolean mayRead() {
        return isWithin() && room.hasRoom(mine.get());
    }

    private boolean isWithin() {
        return mine.get() < SHARE;
    }

    /** Waits until the next frame may be read. */
    void await() throws InterruptedException {
        if (mayRead()) {
            return;
        }
        Thread thread = Thread.currentThread();
        waiting = thread;
        try {
            while (!mayRead()) {
                park(thread);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } finally {
            waiting = null;
        }
    }

    /** Entered before it looks once more: who makes room afterwards finds this thread. */
    private void park(Thread thread) {
        if (!isWithin()) {
            LockSupport.park(this);
            return;
        }
        room.enter(thread);
        try {
            if (!mayRead()) {
                LockSupport.park(this);
            }
        } finally {
            room.leave(thread);
        }
    }
}
