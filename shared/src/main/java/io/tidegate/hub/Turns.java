package io.tidegate.hub;

import java.util.concurrent.Semaphore;

/**
 * How far a peer may be ahead of its answers. A frame that needs an answer uses a turn, which comes back with the answer; while
 * none is left the connection is not read. So what one peer can have the server hold is bounded, and it waits for nobody but
 * itself. Behind a message it also waits while the write loop is far behind ({@link Backlog}), and while what it publishes is
 * too much for the relay ({@link PublishShare}).
 *
 * <p>The reading thread uses turns and waits for them; any thread gives one back.
 */
final class Turns {
    /** Frames that wait for their answer, at most. */
    static final int MOST = 64;

    private final Backlog backlog;
    private final PublishShare share;

    /** But for the one that the reading thread has. */
    private final Semaphore left = new Semaphore(MOST - 1);

    // Of the reading thread
    private boolean taken = true;
    private boolean needsRoom;

    /** All of them. */
    Turns(Backlog backlog, PublishShare share) {
        this.backlog = backlog;
        this.share = share;
    }

    /**
     * The frame that was read last needs an answer.
     *
     * @param needsRoom whether the write loop has to do something for others because of it
     */
    void use(boolean needsRoom) {
        taken = false;
        this.needsRoom |= needsRoom;
    }

    /** A frame is answered. */
    void giveBack() {
        left.release();
    }

    /** Whether the next frame may be read now. */
    boolean mayRead() {
        taken = taken || left.tryAcquire();
        if (taken && needsRoom && backlog.hasRoom()) {
            needsRoom = false;
        }
        return taken && !needsRoom && share.mayRead();
    }

    /** Waits until the next frame may be read. */
    void await() throws InterruptedException {
        if (!taken) {
            left.acquire();
            taken = true;
        }
        if (needsRoom) {
            backlog.awaitRoom();
            needsRoom = false;
        }
        share.await();
    }

    /** Whether the peer is not read, or soon will not be. Any thread. */
    boolean areUsedUp() {
        return left.availablePermits() == 0 || !share.mayRead();
    }
}
