package io.tidegate.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A link to nobody but itself, which a test can make hang, swallow or fail. */
final class FakeLink implements Link {
    private final Map<String, Consumer<byte[]>> listeners = new ConcurrentHashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final List<List<Outgoing>> batches = new ArrayList<>();
    private final List<CompletableFuture<Void>> held = new ArrayList<>();
    private final CompletableFuture<String> lost = new CompletableFuture<>();

    private volatile Predicate<String> hold = call -> false;
    private volatile boolean swallowing;
    private volatile boolean closed;

    /** Lets calls hang until {@link #release}: {@code "publish"}, {@code "subscribe CHANNEL"} and so on. */
    FakeLink holding(Predicate<String> calls) {
        hold = calls;
        return this;
    }

    /** From now on publishes succeed, and nothing arrives. */
    void swallow() {
        swallowing = true;
    }

    /** Ends the holding, in the order of the calls. */
    void release() {
        hold = call -> false;
        List<CompletableFuture<Void>> all;
        synchronized (held) {
            all = List.copyOf(held);
            held.clear();
        }
        all.forEach(future -> future.complete(null));
    }

    int held() {
        synchronized (held) {
            return held.size();
        }
    }

    /** All subscribes and unsubscribes so far. */
    List<String> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    /** All batches of messages so far; probes are left out. */
    List<List<Outgoing>> batches() {
        synchronized (batches) {
            return List.copyOf(batches);
        }
    }

    /** Lets bytes arrive on a channel. */
    void arrive(String channel, byte[] bytes) {
        Consumer<byte[]> listener = listeners.get(channel);
        if (listener != null) {
            listener.accept(bytes);
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public CompletableFuture<Void> publish(List<Outgoing> batch) {
        List<Outgoing> messages =
                batch.stream().filter(one -> !one.channel().contains(":probe:")).toList();
        if (!messages.isEmpty()) {
            synchronized (batches) {
                batches.add(messages);
            }
        }
        return call("publish", () -> {
            if (!swallowing) {
                batch.forEach(one -> arrive(one.channel(), one.bytes()));
            }
        });
    }

    @Override
    public CompletableFuture<Void> subscribe(String channel, Consumer<byte[]> listener) {
        return call("subscribe " + channel, () -> listeners.put(channel, listener));
    }

    @Override
    public CompletableFuture<Void> unsubscribe(String channel) {
        return call("unsubscribe " + channel, () -> listeners.remove(channel));
    }

    @Override
    public CompletableFuture<String> lost() {
        return lost;
    }

    /** Breaks it, as a connection does. */
    void lose(String reason) {
        lost.complete(reason);
        synchronized (held) {
            held.forEach(future -> future.completeExceptionally(new RelayUnavailableException(reason)));
            held.clear();
        }
    }

    @Override
    public void close() {
        closed = true;
        lose("closed");
    }

    private CompletableFuture<Void> call(String name, Runnable effect) {
        if (name.contains("subscribe") && !name.contains(":probe:")) {
            synchronized (calls) {
                calls.add(name);
            }
        }
        CompletableFuture<Void> result = new CompletableFuture<>();
        CompletableFuture<Void> done = result.thenRun(effect);
        if (hold.test(name)) {
            synchronized (held) {
                held.add(result);
            }
        } else {
            result.complete(null);
        }
        return done;
    }
}
