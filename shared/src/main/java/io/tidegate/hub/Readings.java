package io.tidegate.hub;

import io.tidegate.owner.Owners;
import io.tidegate.protocol.Position;
import io.tidegate.relay.History;
import io.tidegate.relay.Relay;
import io.tidegate.time.Clock;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads from the relay what subscriptions need, with a limit of reads at once: a rush of clients must not delay other
 * requests to the relay. While the relay is down, reads are retried, and clients get their answer when there is one. For
 * the write loop's thread alone.
 */
final class Readings {
    /** The size of a page of history, in bytes. */
    static final int PAGE_BYTES = 256 << 10;

    /** The limit of reads under way, for the whole node. */
    private static final int PARALLEL = 16;

    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Supplier<Relay> relay;
    private final Consumer<LoopEvent> inbox;
    private final Owners owners;
    private final ArrayDeque<Subscription> waiting = new ArrayDeque<>();
    private final ArrayDeque<Subscription> failed = new ArrayDeque<>();

    /** Subscribers that have used up their rate of history for now. */
    private final ArrayDeque<Subscriber> resting = new ArrayDeque<>();

    private final Clock clock;
    private final String loop;
    private final int parallel;
    private int underWay;
    private long triedAgain;

    Readings(Supplier<Relay> relay, WriteLoop.Place place, Owners owners, Clock clock) {
        this.clock = clock;
        this.owners = owners;
        this.relay = relay;
        this.inbox = place.inbox();
        this.loop = place.name();
        this.parallel = place.share(PARALLEL);
    }

    /** Reads for a subscription when it is its turn. */
    void add(Subscription subscription) {
        waiting.add(subscription);
        begin();
    }

    /** A read of this object has ended. */
    void ended() {
        underWay--;
        begin();
    }

    /** A read has ended and must be retried. */
    void failed(Subscription subscription) {
        failed.add(subscription);
        ended();
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    /** The subscriber asks again with the next tick. */
    void rest(Subscriber subscriber) {
        resting.add(subscriber);
    }

    void tick(long nanoTime) {
        for (int i = resting.size(); i > 0; i--) {
            resting.remove().rested(this);
        }
        if (!failed.isEmpty() && nanoTime - triedAgain >= AGAIN_NANOS) {
            triedAgain = nanoTime;
            waiting.addAll(failed);
            failed.clear();
            begin();
        }
    }

    private void begin() {
        while (underWay < parallel && !waiting.isEmpty()) {
            Subscription subscription = waiting.remove();
            if (!subscription.wantsToRead() || subscription.subscriber().closing()) {
                if (subscription.needsPage()) {
                    subscription.subscriber().pageRead(0, this);
                }
                continue;
            }
            underWay++;
            subscription.reading();
            if (subscription.needsPage()) {
                readPage(subscription, page(subscription));
            } else {
                readHead(subscription);
            }
        }
    }

    private void readHead(Subscription subscription) {
        var unused = relay.get()
                .head(subscription.topic())
                .whenComplete((head, failure) -> inbox.accept(
                        failure == null
                                ? new LoopEvent.HeadRead(subscription, head)
                                : new LoopEvent.ReadFailed(subscription)));
    }

    private CompletionStage<History> page(Subscription subscription) {
        Position from = subscription.from();
        return from == null
                ? relay.get().last(subscription.topic(), subscription.last(), pageBytes(subscription))
                : relay.get().history(subscription.topic(), from, pageBytes(subscription));
    }

    private void readPage(Subscription subscription, CompletionStage<History> reading) {
        var unused = reading.whenComplete((page, failure) -> {
            if (failure == null) {
                // A page is a quarter of a megabyte. Neither the relay's thread nor the loop should spend the time to
                // frame it.
                owners.run(() -> inbox.accept(framed(subscription, page)));
            } else {
                inbox.accept(new LoopEvent.ReadFailed(subscription));
            }
        });
    }

    private LoopEvent framed(Subscription subscription, History page) {
        try {
            return new LoopEvent.PageRead(subscription, page, subscription.frames(page));
        } catch (RuntimeException | Error e) {
            owners.defect(loop, e);
            inbox.accept(new LoopEvent.Failed(subscription.subscriber().connection()));
            return new LoopEvent.ReadFailed(subscription);
        }
    }

    private static int pageBytes(Subscription subscription) {
        return Math.min(PAGE_BYTES, subscription.subscriber().queueLimit() / 4);
    }
}
