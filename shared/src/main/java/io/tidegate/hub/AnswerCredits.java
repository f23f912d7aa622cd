package io.tidegate.hub;

import java.util.concurrent.Semaphore;

/**
 * Limits how many frames of a peer may be unanswered. A frame that needs an answer uses a credit, and the answer gives it
 * back. While no credit is left, the connection is not read. So the memory that one peer can use is limited, and a peer
 * waits only for its own answers. After a message the reading thread also waits while the write loop is far behind
 * ({@link Backlog}), and while the peer's publishes are too much for the relay ({@link PublishShare}).
 *
 * <p>The reading thread uses credits and waits for them; any thread gives credits back.
 */
final class AnswerCredits {
    /** The largest number of frames that wait for their answers. */
    static final int MOST = 64;

    private final Backlog backlog;
    private final PublishShare share;

    /** The free credits, without the credit that the reading thread holds. */
    private final Semaphore left = new Semaphore(MOST - 1);

    // Only for the reading thread.
    private boolean taken = true;
    private boolean needsRoom;

    /** All credits are free. */
    AnswerCredits(Backlog backlog, PublishShare share) {
        this.backlog = backlog;
        this.share = share;
    }

    /**
     * The last frame needs an answer.
     *
     * @param needsRoom whether the frame makes work for the write loop on behalf of other connections
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

    /** Whether the peer is not read now, or soon will not be. Any thread. */
    boolean areUsedUp() {
        return left.availablePermits() == 0 || !share.mayRead();
    }
}
