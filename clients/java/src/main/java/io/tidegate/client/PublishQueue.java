package io.tidegate.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The publishes that wait for their acknowledgement, in order. They are sent again, with the same ids and in the same
 * order, on each new connection, and after each answer that leaves their result unknown. In the client's mailbox only,
 * except for the places, which publishers take first.
 */
final class PublishQueue {
    /** The shortest wait. At a high rate several publishes are sent together, so that not each of them needs a timer. */
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(10);

    private static final Refusal UNCERTAIN = new Refusal(
            "connection-lost", "the message is not kept, so it is not sent again; it may have been delivered");

    private final Map<String, Pending> pending = new LinkedHashMap<>();
    private final Semaphore places;
    private final Executor dependents;
    private final Timers timers;
    private final Mailbox core;
    private @Nullable Link link;
    private boolean holding;
    /** The timer of publishes that wait for the connection's pace. */
    private Timers.@Nullable Timer paced;

    /** @param dependents runs the application's dependents of the futures */
    PublishQueue(int bound, Executor dependents, Timers timers, Mailbox core) {
        this.places = new Semaphore(bound);
        this.dependents = dependents;
        this.timers = timers;
        this.core = core;
    }

    private static final class Pending {
        private final String text;
        private final CompletableFuture<Ack> future;
        /** Whether the server remembers the id, so that a second send makes no duplicate. */
        private final boolean repeats;

        private boolean inFlight;
        /** Whether the future is completed or cancelled. The thread that completes the future reads this. */
        private volatile boolean settled;

        private Timers.@Nullable Timer timeout;

        Pending(String text, CompletableFuture<Ack> future, boolean repeats) {
            this.text = text;
            this.future = future;
            this.repeats = repeats;
        }
    }

    /** Waits until fewer publishes than the limit are unacknowledged. On the publisher's thread. */
    void takePlace() throws InterruptedException {
        places.acquire();
    }

    /** Like {@link #takePlace}, but gives up at once. */
    boolean tryPlace() {
        return places.tryAcquire();
    }

    void add(Publication publication, String id, CompletableFuture<Ack> future) {
        if (pending.containsKey(id)) {
            places.release();
            fail(future, new IllegalArgumentException("id \"" + id + "\" waits for its acknowledgement already"));
            return;
        }
        Pending publish = new Pending(
                Json.publish(publication, id), future, publication.terms().keep());
        pending.put(id, publish);
        publication.terms().timeout().ifPresent(time -> expireAfter(time, id, publish));
        var unused = future.whenComplete((ack, failure) -> {
            if (!publish.settled) {
                core.post(() -> abandoned(id, publish));
            }
        });
        if (paced == null) {
            transmit(id, publish);
        }
    }

    /** From now on this connection carries the publishes. Unacknowledged publishes go first. */
    void attach(Link link) {
        this.link = link;
        List.copyOf(pending.entrySet()).stream()
                .filter(one -> one.getValue().inFlight && !one.getValue().repeats)
                .forEach(one -> refused(one.getKey(), new RefusedException(UNCERTAIN)));
        pending.values().forEach(publish -> publish.inFlight = false);
        proceed();
    }

    void detach() {
        link = null;
    }

    void acknowledged(Ack ack) {
        Pending publish = settle(ack.id());
        if (publish != null) {
            publish.future.completeAsync(() -> ack, dependents);
        }
    }

    /**
     * The message was not published, or that is unknown. It is sent again at {@link #proceed}. Until then nothing is
     * sent, so that later publishes do not overtake it.
     *
     * @return whether the id was known
     */
    boolean hold(String id) {
        Pending publish = pending.get(id);
        if (publish == null) {
            return false;
        }
        publish.inFlight = false;
        holding = true;
        return true;
    }

    /** Whether a publish can be sent again where its result is unknown. */
    boolean repeats(String id) {
        Pending publish = pending.get(id);
        return publish != null && publish.repeats;
    }

    void proceed() {
        holding = false;
        flush();
    }

    void refused(String id, Exception failure) {
        Pending publish = settle(id);
        if (publish != null) {
            fail(publish.future, failure);
        }
    }

    void failAll(RuntimeException failure) {
        link = null;
        List<String> ids = new ArrayList<>(pending.keySet());
        ids.forEach(id -> refused(id, failure));
        wake();
    }

    private void expireAfter(Duration time, String id, Pending publish) {
        publish.timeout = timers.after(
                time,
                () -> core.post(() -> {
                    if (pending.get(id) == publish) {
                        refused(
                                id,
                                new TimeoutException(
                                        "no acknowledgement within " + time + "; it was perhaps published"));
                    }
                }));
    }

    /** The application has completed the future, by a cancel or by its own timeout. */
    private void abandoned(String id, Pending publish) {
        if (pending.get(id) == publish) {
            settle(id);
        }
    }

    private @Nullable Pending settle(String id) {
        Pending publish = pending.remove(id);
        if (publish != null) {
            publish.settled = true;
            if (publish.timeout != null) {
                publish.timeout.cancel();
            }
            places.release();
        }
        return publish;
    }

    private void flush() {
        wake();
        for (Map.Entry<String, Pending> publish : List.copyOf(pending.entrySet())) {
            if (paced == null) {
                transmit(publish.getKey(), publish.getValue());
            }
        }
    }

    private void transmit(String id, Pending publish) {
        Link out = link;
        if (out == null || holding || publish.inFlight) {
            return;
        }
        if (!fits(publish.text, out.messageLimit())) {
            String limit = "above the server's limit of " + (long) out.messageLimit() + " bytes";
            refused(id, new RefusedException(new Refusal("too-large", limit)));
            return;
        }
        long wait = out.paceNanos();
        if (wait > 0) {
            sleep(Duration.ofNanos(Math.max(wait, SHORTEST_WAIT.toNanos())));
        } else {
            publish.inFlight = true;
            out.send(publish.text);
        }
    }

    private void sleep(Duration time) {
        paced = timers.after(
                time,
                () -> core.post(() -> {
                    paced = null;
                    flush();
                }));
    }

    private void wake() {
        if (paced != null) {
            paced.cancel();
            paced = null;
        }
    }

    /** Whether a text fits. Most texts are short enough without counting bytes: a character has three bytes at most. */
    private static boolean fits(String text, double limit) {
        return text.length() * 3L <= limit || text.getBytes(StandardCharsets.UTF_8).length <= limit;
    }

    private void fail(CompletableFuture<Ack> future, Exception failure) {
        dependents.execute(() -> future.completeExceptionally(failure));
    }
}
