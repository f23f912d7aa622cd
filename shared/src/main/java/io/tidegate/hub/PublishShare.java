package io.tidegate.hub;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one connection that are on their way to the relay. While they are more than the connection's share, or the
 * relay is busy ({@link PublishRoom}), the connection is not read. Its peer waits, and no other peer is refused. A
 * publish within the share costs two counters, no lock and no wake-up.
 *
 * <p>Any thread adds and removes; the reading thread waits.
 */
final class PublishShare {
    /** Bytes at which a connection waits for answers. They are enough for a relay that answers within milliseconds. */
    static final long SHARE = 256 << 10;

    private final PublishRoom room;
    private final AtomicLong mine = new AtomicLong();
    private volatile @Nullable Thread waiting;

    PublishShare(PublishRoom room) {
        this.room = room;
    }

    /** These bytes are on their way. */
    void add(int more) {
        mine.addAndGet(more);
        room.add(more);
    }

    /** These bytes have been answered. */
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

    /** The thread enters before it checks once more, so that a thread that makes room afterwards finds it. */
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
