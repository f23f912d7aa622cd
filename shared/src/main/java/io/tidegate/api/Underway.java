package io.tidegate.api;

import io.tidegate.hub.Hub;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Publication;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the publishes of back ends that are on their way to the relay. The limit ensures that no publish waits at the
 * relay until it fails, and that the relay's queue, which clients share, refuses none. Further publishes wait here, in
 * the order in which they came.
 */
final class Underway {
    /**
     * The limit in bytes. Together with what clients may have on their way it is less than the relay takes. For small
     * messages it is a fraction of a second of a slow relay.
     */
    static final int ROOM = 4 << 20;

    /**
     * Bytes that a message counts in addition to its size, because the time of a small message does not depend on its
     * size.
     */
    private static final int OVERHEAD = 512;

    private static final long WAIT_SECONDS = 5;

    private final Hub hub;
    private final Semaphore room = new Semaphore(ROOM, true);

    Underway(Hub hub) {
        this.hub = hub;
    }

    /** The part of the room that a message takes. */
    static int cost(int bytes) {
        return Math.min(ROOM, bytes + OVERHEAD);
    }

    /**
     * Waits for room; false where there was none in time. All room comes back, because every publish gives its part back.
     *
     * @param cost of messages that go together, {@link #ROOM} at most
     */
    boolean reserve(int cost) {
        try {
            return room.tryAcquire(cost, WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A message for which there was room is not published: gives the room back. */
    void release(int cost) {
        room.release(cost);
    }

    /**
     * Publishes a message for which there is room.
     *
     * @param traceparent of the request
     */
    CompletableFuture<Position> publish(Publication publication, int cost, String traceparent) {
        return hub.publish(publication, traceparent)
                .whenComplete((position, failure) -> release(cost))
                .toCompletableFuture();
    }
}
