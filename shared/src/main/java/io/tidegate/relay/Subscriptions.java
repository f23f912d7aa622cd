package io.tidegate.relay;

import io.tidegate.protocol.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The topics that are wanted, and what of that the present link has.
 *
 * <p>Callers change only what is wanted. One worker makes the link follow, with at most one operation under way for a
 * topic: when that ends it looks again. So a subscribe and an unsubscribe of one topic never race, however fast they
 * follow each other. With a new link ({@link #attach}) nothing is subscribed yet, and the same worker subscribes all.
 */
final class Subscriptions implements AutoCloseable {
    /** Operations under way at once: fast with thousands of topics, and none waits long for its turn at Redis. */
    private static final int PARALLEL = 64;

    private static final Duration CLOSING = Duration.ofMillis(500);

    private static final CompletableFuture<Void> ALREADY = CompletableFuture.completedFuture(null);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Topic, Subscription> all = new HashMap<>();
    private final BlockingQueue<Subscription> changed = new LinkedBlockingQueue<>();
    private final Function<Topic, TopicKeys> keys;
    private final Delivery.Arrivals arrivals;
    private final Thread worker;

    private @Nullable Attached attached;
    private boolean closed;

    private record Attached(Link link, Semaphore permits) {}

    /** Starts the worker. */
    Subscriptions(Function<Topic, TopicKeys> keys, Delivery.Arrivals arrivals) {
        this.keys = keys;
        this.arrivals = arrivals;
        this.worker = Thread.ofVirtual().name("tidegate-relay-subscriptions").start(this::work);
    }

    CompletableFuture<Void> subscribe(Topic topic) {
        CompletableFuture<Void> waited;
        CompletableFuture<Void> result;
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(new RelayUnavailableException("the relay is closed"));
            }
            Subscription subscription = all.computeIfAbsent(topic, Subscription::new);
            subscription.want(true);
            waited = subscription.subscribed ? subscription.ready(ALREADY) : ALREADY;
            result = same(subscription.ready);
            changed(subscription);
        } finally {
            lock.unlock();
        }
        waited.complete(null);
        return result;
    }

    /** One of the caller's own, which no caller can complete for another; copy() would wrap the exception. */
    private static CompletableFuture<Void> same(CompletableFuture<Void> ready) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        var unused = ready.whenComplete((nothing, error) -> {
            if (error == null) {
                result.complete(null);
            } else {
                result.completeExceptionally(error);
            }
        });
        return result;
    }

    void unsubscribe(Topic topic) {
        CompletableFuture<Void> waited;
        lock.lock();
        try {
            Subscription subscription = all.get(topic);
            if (subscription == null) {
                return;
            }
            waited = subscription.ready(new CompletableFuture<>());
            subscription.want(false);
            changed(subscription);
        } finally {
            lock.unlock();
        }
        waited.completeExceptionally(new RelayUnavailableException("unsubscribed"));
    }

    /** Makes a fresh link carry all wanted topics; completes once it does. */
    CompletableFuture<Void> attach(Link link) {
        lock.lock();
        try {
            attached = new Attached(link, new Semaphore(PARALLEL));
            List<CompletableFuture<Void>> ready = new ArrayList<>();
            for (Subscription subscription : all.values()) {
                changed(subscription);
                if (subscription.wanted) {
                    // One that is unsubscribed meanwhile is not waited for.
                    ready.add(subscription.ready.exceptionally(e -> null));
                }
            }
            return CompletableFuture.allOf(ready.toArray(CompletableFuture[]::new));
        } finally {
            lock.unlock();
        }
    }

    /** The link that topics can be read through, also before it is known to work; empty while there is none. */
    Optional<Link> link() {
        lock.lock();
        try {
            return Optional.ofNullable(attached).map(Attached::link);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a link that is lost. */
    void detach() {
        lock.lock();
        try {
            attached = null;
            all.values().removeIf(subscription -> !subscription.wanted);
            all.values().forEach(Subscription::lose);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        Collection<Subscription> left;
        lock.lock();
        try {
            closed = true;
            attached = null;
            left = List.copyOf(all.values());
            left.forEach(subscription -> subscription.want(false));
            all.clear();
        } finally {
            lock.unlock();
        }
        RelayUnavailableException reason = new RelayUnavailableException("the relay is closed");
        for (Subscription subscription : left) {
            subscription.ready.completeExceptionally(reason);
            subscription.delivery.end();
        }
        worker.interrupt();
        try {
            worker.join(CLOSING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void changed(Subscription subscription) {
        if (!subscription.queued) {
            subscription.queued = true;
            changed.add(subscription);
        }
    }

    private void work() {
        try {
            while (true) {
                follow(changed.take());
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void follow(Subscription subscription) throws InterruptedException {
        Attached to;
        lock.lock();
        try {
            subscription.queued = false;
            to = attached;
        } finally {
            lock.unlock();
        }
        if (to == null) {
            return; // attach() looks at all of them again
        }
        to.permits.acquire();
        Operation operation = begin(subscription, to.link);
        if (operation == Operation.NONE) {
            to.permits.release();
            return;
        }
        TopicKeys names = keys.apply(subscription.topic);
        CompletableFuture<Void> done = operation == Operation.SUBSCRIBE
                ? subscription.delivery.feed(to.link).start(names)
                : to.link.unsubscribe(names.channel());
        var unused = done.whenComplete((nothing, error) -> {
            to.permits.release();
            // A failed operation has made the link lost: what is wanted then waits for the next link.
            end(subscription, to.link, operation, error == null);
        });
    }

    private enum Operation {
        NONE,
        SUBSCRIBE,
        UNSUBSCRIBE
    }

    private Operation begin(Subscription subscription, Link link) {
        lock.lock();
        try {
            boolean present = attached != null && attached.link == link;
            if (!present || subscription.busy || subscription.wanted == subscription.subscribed) {
                if (!subscription.wanted && !subscription.subscribed && !subscription.busy) {
                    all.remove(subscription.topic, subscription);
                }
                return Operation.NONE;
            }
            subscription.busy = true;
            subscription.subscribed = false;
            return subscription.wanted ? Operation.SUBSCRIBE : Operation.UNSUBSCRIBE;
        } finally {
            lock.unlock();
        }
    }

    private void end(Subscription subscription, Link link, Operation operation, boolean succeeded) {
        CompletableFuture<Void> waited = ALREADY;
        lock.lock();
        try {
            if (attached == null || attached.link != link) {
                return; // detach() has reset it
            }
            subscription.busy = false;
            if (succeeded && operation == Operation.SUBSCRIBE) {
                subscription.subscribed = true;
                waited = subscription.wanted ? subscription.ready(ALREADY) : ALREADY;
            }
            changed(subscription);
        } finally {
            lock.unlock();
        }
        waited.complete(null);
    }

    /** One topic; guarded by the lock of {@link Subscriptions}, but for its delivery. */
    private final class Subscription {
        private final Topic topic;
        private final Delivery delivery;

        /** Done while the topic is wanted and the present link carries it. */
        private CompletableFuture<Void> ready = new CompletableFuture<>();

        private boolean wanted;
        private boolean subscribed;
        private boolean busy;
        private boolean queued;

        Subscription(Topic topic) {
            this.topic = topic;
            this.delivery = new Delivery(topic, arrivals);
        }

        void want(boolean wanted) {
            this.wanted = wanted;
            delivery.mute(!wanted);
        }

        /** Exchanges it; the one before is to be completed, but outside of the lock: callers hang on it. */
        CompletableFuture<Void> ready(CompletableFuture<Void> now) {
            CompletableFuture<Void> before = ready;
            ready = now;
            return before;
        }

        void lose() {
            subscribed = false;
            busy = false;
            if (ready.isDone()) {
                ready = new CompletableFuture<>();
            }
        }
    }
}
