package io.tidegate.hub;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Reads a peer no faster than its rate: after a message above the rate the reading thread waits. What the peer sends next
 * stays in its socket, and TCP slows the peer down.
 *
 * <p>The reading thread counts messages and waits. The tick ends a wait, so that no wait needs a timer.
 */
final class Pace {
    private record Pause(long untilNanos, CountDownLatch over) {}

    private final RateLimit rate;
    private volatile @Nullable Pause pause;

    /** A pace that has counted nothing. A rate of 0 means no limit. */
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

    /** Whether the next message may be read now. */
    boolean mayRead() {
        return pause == null;
    }

    /** Waits until the next message may be read: at most a second and one tick. */
    void await() throws InterruptedException {
        Pause present = pause;
        if (present != null) {
            present.over.await();
        }
    }

    void tick(long nanoTime) {
        Pause present = pause;
        if (present != null && nanoTime - present.untilNanos >= 0) {
            // Cleared before the wake-up, so that the thread that wakes sees no pause and may begin the next one.
            pause = null;
            present.over.countDown();
        }
    }
}
