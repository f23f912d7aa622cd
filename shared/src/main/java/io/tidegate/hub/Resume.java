package io.tidegate.hub;

import io.tidegate.metrics.Metrics.Recovery;
import io.tidegate.protocol.Position;
import io.tidegate.relay.History;
import io.tidegate.relay.Relay;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings one subscription from the position that its client has seen to the present, on a virtual thread of its own. While
 * the relay is down it waits: the client is answered when there is an answer.
 */
final class Resume implements Runnable {
    /** Bytes of history at once. */
    static final int PAGE_BYTES = 256 << 10;

    private static final long LOOK_AGAIN_MILLIS = 250;

    private final Relay relay;
    private final Semaphore readings;
    private final Subscription subscription;
    private final Optional<Position> after;
    private final CompletionStage<Void> active;

    /**
     * Ready to run.
     *
     * @param readings permits to read history: an onrush of clients must not delay what else goes to the relay
     * @param active completes once the subscription's topic is delivered to this node
     */
    Resume(
            Relay relay,
            Semaphore readings,
            Subscription subscription,
            Optional<Position> after,
            CompletionStage<Void> active) {
        this.relay = relay;
        this.readings = readings;
        this.subscription = subscription;
        this.after = after;
        this.active = active;
    }

    @Override
    public void run() {
        try {
            if (awaitActive()) {
                if (after.isPresent()) {
                    catchUp(after.get());
                } else {
                    beginAtHead(true);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitActive() throws InterruptedException {
        while (subscription.isOpen()) {
            try {
                active.toCompletableFuture().get(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException e) {
                // The relay is down.
            } catch (ExecutionException e) {
                return false; // nobody on this node subscribes to the topic any more
            }
        }
        return false;
    }

    private void catchUp(Position from) throws InterruptedException {
        Position at = from;
        while (true) {
            Position position = at;
            History page = read(() -> relay.history(subscription.topic(), position, PAGE_BYTES));
            if (page == null) {
                return;
            }
            if (!page.reaches()) {
                beginAtHead(false);
                return;
            }
            if (at.equals(from)) {
                subscription.begin(from, true);
            }
            subscription.resend(page);
            at = page.last();
            if (!page.more()) {
                subscription.connection().recovery(Recovery.COMPLETE);
                subscription.catchUp();
                return;
            }
            subscription.connection().awaitRoom();
        }
    }

    private void beginAtHead(boolean recovered) throws InterruptedException {
        Position head = read(() -> relay.head(subscription.topic()));
        if (head != null) {
            subscription.begin(head, recovered);
            subscription.catchUp();
        }
    }

    /** Reads as soon as that is possible; null where nobody wants it any more. */
    private <T> @Nullable T read(Supplier<CompletionStage<T>> reading) throws InterruptedException {
        while (subscription.isOpen()) {
            readings.acquire();
            try {
                return reading.get().toCompletableFuture().get();
            } catch (ExecutionException e) {
                // The relay is down, or has just gone down.
            } finally {
                readings.release();
            }
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MILLIS));
        }
        return null;
    }
}
