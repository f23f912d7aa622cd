package io.tidegate.api;

import io.tidegate.hub.Hub;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Publication;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What back ends have on its way to the relay: so many messages at once that none waits there until it fails. The others wait
 * here, in the order in which they came.
 */
final class Underway {
    /** Many of the relay's batches, and a fraction of a second of a slow relay. */
    private static final int MOST = 8_192;

    private static final long WAIT_SECONDS = 5;

    private final Hub hub;
    private final Semaphore room = new Semaphore(MOST, true);

    Underway(Hub hub) {
        this.hub = hub;
    }

    /** Waits for room for so many messages; false where there was none in time. Each is given back by one of the others. */
    boolean reserve(int messages) {
        try {
            return room.tryAcquire(messages, WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A message for which there was room is not published. */
    void release() {
        room.release();
    }

    /** Publishes a message for which there is room. */
    CompletableFuture<Position> publish(Publication publication) {
        return hub.publish(publication)
                .whenComplete((position, failure) -> room.release())
                .toCompletableFuture();
    }
}
