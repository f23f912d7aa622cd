package io.tidegate.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The publishes that wait for their acknowledgement, in their order. They are sent again, with the same ids and in the
 * same order, on each new connection, and after each answer that says that nobody knows. In the client's mailbox only,
 * but for the places, which publishers take first.
 */
final class Outbox {
    private final Map<String, Pending> pending = new LinkedHashMap<>();
    private final Semaphore places;
    private final Executor dependents;
    private @Nullable Link link;
    private boolean holding;

    /** @param dependents runs what the application has hung on the futures */
    Outbox(int bound, Executor dependents) {
        this.places = new Semaphore(bound);
        this.dependents = dependents;
    }

    private static final class Pending {
        private final String text;
        private final CompletableFuture<Ack> future;
        private boolean inFlight;

        Pending(String text, CompletableFuture<Ack> future) {
            this.text = text;
            this.future = future;
        }
    }

    /** Waits until fewer than the bound are unacknowledged. On the publisher's thread. */
    void takePlace() throws InterruptedException {
        places.acquire();
    }

    /** As {@link #takePlace}, but gives up at once. */
    boolean tryPlace() {
        return places.tryAcquire();
    }

    void add(Publication publication, String id, CompletableFuture<Ack> future) {
        if (pending.containsKey(id)) {
            end(future, new IllegalArgumentException("id \"" + id + "\" waits for its acknowledgement already"));
            return;
        }
        Pending publish = new Pending(Json.publish(publication, id), future);
        pending.put(id, publish);
        transmit(id, publish);
    }

    /** From now on this connection carries the publishes; the unacknowledged ones go first. */
    void attach(Link link) {
        this.link = link;
        pending.values().forEach(publish -> publish.inFlight = false);
        proceed();
    }

    void detach() {
        link = null;
    }

    void acknowledged(Ack ack) {
        Pending publish = pending.remove(ack.id());
        if (publish != null) {
            places.release();
            publish.future.completeAsync(() -> ack, dependents);
        }
    }

    /**
     * Not published, or nobody knows: it goes again at {@link #proceed}, and until then nothing goes, lest later ones
     * overtake it.
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

    void proceed() {
        holding = false;
        flush();
    }

    void refused(String id, RuntimeException failure) {
        Pending publish = pending.remove(id);
        if (publish != null) {
            end(publish.future, failure);
        }
    }

    void failAll(RuntimeException failure) {
        link = null;
        List<String> ids = new ArrayList<>(pending.keySet());
        ids.forEach(id -> refused(id, failure));
    }

    private void flush() {
        new ArrayList<>(pending.entrySet()).forEach(publish -> transmit(publish.getKey(), publish.getValue()));
    }

    private void transmit(String id, Pending publish) {
        Link out = link;
        if (out == null || holding || publish.inFlight) {
            return;
        }
        if (fits(publish.text, out.messageLimit())) {
            publish.inFlight = true;
            out.send(publish.text);
        } else {
            String limit = "above the server's limit of " + out.messageLimit() + " bytes";
            refused(id, new RefusedException(new Refusal("too-large", limit)));
        }
    }

    /** Most texts are so short that their bytes need not be counted: a character has three at most. */
    private static boolean fits(String text, long limit) {
        return text.length() * 3L <= limit || text.getBytes(StandardCharsets.UTF_8).length <= limit;
    }

    private void end(CompletableFuture<Ack> future, RuntimeException failure) {
        places.release();
        dependents.execute(() -> future.completeExceptionally(failure));
    }
}
