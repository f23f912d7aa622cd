package io.tidegate.api;

import io.tidegate.hub.Hub;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Publication;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What back ends have on its way to the relay: so much at once that none waits there until it fails, and that the relay's queue,
 * which is one for all, refuses nobody. The others wait here, in the order in which they came.
 */
final class Underway {
    /**
     * Bytes. With what clients may have on its way, it is less than the relay takes; of small messages it is a fraction of a second
     * of a slow relay.
     */
    static final int ROOM = 4 << 20;

    /** Bytes that a message counts beside its own: the time of a small one is not in its bytes. */
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
     * Waits for room; false where there was none in time. All of it is given back by the others.
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

    /** A message for which there was room is not published. */
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
