package io.tidegate.hub;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Reads a peer no faster than it may send: behind a message above its rate the reading thread waits. What the peer sends next
 * waits in its socket, and TCP slows it down.
 *
 * <p>The reading thread counts messages and waits; the tick ends a wait, so that none needs a timer.
 */
final class Pace {
    private record Pause(long untilNanos, CountDownLatch over) {}

    private final RateLimit rate;
    private volatile @Nullable Pause pause;

    /** One that has counted nothing; 0 for no limit. */
    Pace(int perSecond) {
        this.rate = RateLimit.of(perSecond);
    }

    /** A message was read. */
    void read(long nanoTime) {
        long wait = rate.exceed(nanoTime);
        if (wait > 0) {
            pause = new Pause(nanoTime + wait, new CountDownLatch(1));
        }
    }

    /** Whether the next one may be read now. */
    boolean mayRead() {
        return pause == null;
    }

    /** Waits until the next one may be read: a second, and a tick, at most. */
    void await() throws InterruptedException {
        Pause present = pause;
        if (present != null) {
            present.over.await();
        }
    }

    void tick(long nanoTime) {
        Pause present = pause;
        if (present != null && nanoTime - present.untilNanos >= 0) {
            // First: who is woken finds no pause, and may begin the next.
            pause = null;
            present.over.countDown();
        }
    }
}
