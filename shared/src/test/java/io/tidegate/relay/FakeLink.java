package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A link to nobody but those that share its logs, which a test can make hang, swallow or fail. What it does when it is lost is
 * what {@link RedissonLink} does: who completes {@link #lost} fails all that is under way, on that very thread.
 */
final class FakeLink implements Link {
    static final String REFUSED = "Redis answers SOMEWORD";

    private static final Retention RETENTION = Retention.of(Settings.defaults().history());

    private final Map<Topic, MemoryLog> logs;
    private final Map<String, Consumer<byte[]>> listeners = new ConcurrentHashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final List<List<byte[]>> batches = new ArrayList<>();
    private final List<Optional<Position>> known = new ArrayList<>();
    private final List<Runnable> held = new ArrayList<>();
    private final Map<Object, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    private final CompletableFuture<String> lost = new CompletableFuture<>();

    private volatile Predicate<String> hold = call -> false;
    private volatile Predicate<String> refuse = call -> false;
    private volatile Predicate<String> defect = call -> false;
    private volatile Predicate<TopicKeys> rejected = keys -> false;
    private volatile boolean swallowing;
    private volatile boolean closed;

    FakeLink() {
        this(new ConcurrentHashMap<>());
    }

    /** One that carries on where another one that had the same logs has ended. */
    FakeLink(Map<Topic, MemoryLog> logs) {
        this.logs = logs;
        var unused = lost.thenAccept(reason -> underWay.values().forEach(future -> fail(future, reason)));
    }

    Map<Topic, MemoryLog> logs() {
        return logs;
    }

    MemoryLog log(Topic topic) {
        return logs.computeIfAbsent(
                topic, key -> new MemoryLog(RETENTION, Retention.newEpoch(ThreadLocalRandom.current()), 0));
    }

    /** Lets calls hang until {@link #release}: {@code "publish"}, {@code "subscribe CHANNEL"} and so on. */
    FakeLink holding(Predicate<String> calls) {
        hold = calls;
        return this;
    }

    /** Lets publishes succeed, but nothing arrive. */
    void swallow(boolean isSwallowing) {
        swallowing = isSwallowing;
    }

    /** Answers these calls with an error, which makes the link lost. */
    FakeLink refusing(Predicate<String> calls) {
        refuse = calls;
        return this;
    }

    /** Redis refuses what belongs to these topics, to which probes count, while the link goes on. */
    FakeLink rejecting(Predicate<TopicKeys> topics) {
        rejected = topics;
        return this;
    }

    /** Throws where these are called: a defect. */
    FakeLink throwing(Predicate<String> calls) {
        defect = calls;
        return this;
    }

    /** Ends the holding, in the order of the calls. */
    void release() {
        hold = call -> false;
        List<Runnable> all;
        synchronized (held) {
            all = List.copyOf(held);
            held.clear();
        }
        all.forEach(Runnable::run);
    }

    /** Answers the one of the held calls that was made so many before others; what follows from it may be held again. */
    void release(int index) {
        Runnable one;
        synchronized (held) {
            one = held.remove(index);
        }
        one.run();
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
    List<List<byte[]>> batches() {
        synchronized (batches) {
            return List.copyOf(batches);
        }
    }

    /** What the node knew of the topic with each publish so far that is kept; probes are left out. */
    List<Optional<Position>> known() {
        synchronized (known) {
            return List.copyOf(known);
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
    public CompletableFuture<List<Answer>> publish(List<Outgoing> batch) {
        List<byte[]> messages = batch.stream().flatMap(FakeLink::messages).toList();
        if (!messages.isEmpty()) {
            synchronized (batches) {
                batches.add(messages);
            }
        }
        for (Outgoing outgoing : batch) {
            if (outgoing instanceof Kept kept && !kept.keys().isProbe()) {
                synchronized (known) {
                    known.add(kept.known());
                }
            }
        }
        return call("publish", () -> batch.stream().map(this::publish).toList());
    }

    private static Stream<byte[]> messages(Outgoing outgoing) {
        return switch (outgoing) {
            case Plain plain -> Stream.of(plain.bytes());
            case Kept kept ->
                kept.keys().isProbe() ? Stream.of() : kept.entries().stream().map(Entry::envelope);
        };
    }

    private Answer publish(Outgoing outgoing) {
        switch (outgoing) {
            case Kept kept
            when rejected.test(kept.keys()) -> {
                return new Refused(REFUSED);
            }
            case Plain plain -> {
                if (!swallowing) {
                    arrive(plain.channel(), plain.bytes());
                }
                return new Taken(List.of());
            }
            case Kept kept -> {
                List<Position> positions = kept.entries().stream()
                        .map(entry -> append(kept.keys().topic(), entry))
                        .toList();
                if (!swallowing) {
                    List<Envelope> envelopes = kept.entries().stream()
                            .map(entry -> Envelope.decode(entry.envelope()).orElseThrow())
                            .toList();
                    arrive(kept.keys().channel(), packet(positions.getFirst(), envelopes));
                }
                return new Taken(positions);
            }
        }
    }

    private Position append(Topic topic, Entry entry) {
        return log(topic).append(Envelope.decode(entry.envelope()).orElseThrow().message(), Optional.empty(), 0);
    }

    /** As {@code publish.lua} makes it. */
    static byte[] packet(Position first, List<Envelope> envelopes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes((first.epoch() + " " + first.offset() + "\n").getBytes(US_ASCII));
        for (Envelope envelope : envelopes) {
            byte[] encoded = envelope.encode();
            bytes.writeBytes(ByteBuffer.allocate(4).putInt(encoded.length).array());
            bytes.writeBytes(encoded);
        }
        return bytes.toByteArray();
    }

    @Override
    public CompletableFuture<Attachment> attach(TopicKeys keys, Optional<Position> known) {
        if (rejected.test(keys)) {
            return CompletableFuture.failedFuture(RelayUnavailableException.refused(REFUSED));
        }
        return call("attach", () -> new Attachment(log(keys.topic()).head(), false));
    }

    @Override
    public CompletableFuture<PresenceAnswer> presence(TopicKeys keys, PresenceReport report, long trustMillis) {
        return call(
                "presence",
                () -> new PresenceAnswer(
                        PresenceAnswer.Outcome.UNWATCHED, true, new Position("0", 0), Optional.empty()));
    }

    @Override
    public CompletableFuture<History> history(TopicKeys keys, Position after, int maxBytes) {
        return call("history", () -> log(keys.topic()).after(after, maxBytes, 0));
    }

    @Override
    public CompletableFuture<History> last(TopicKeys keys, int messages, int maxBytes) {
        MemoryLog log = log(keys.topic());
        return call("last", () -> log.after(log.head().plus(-Math.min(messages, log.size())), maxBytes, 0));
    }

    @Override
    public CompletableFuture<Void> subscribe(String channel, Consumer<byte[]> listener) {
        return call("subscribe " + channel, () -> {
            listeners.put(channel, listener);
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> unsubscribe(String channel) {
        return call("unsubscribe " + channel, () -> {
            listeners.remove(channel);
            return null;
        });
    }

    @Override
    public CompletableFuture<String> lost() {
        return lost;
    }

    /** Breaks it, as a connection does. */
    void lose(String reason) {
        lost.complete(reason);
    }

    @Override
    public void close() {
        closed = true;
        lose("closed");
    }

    private <T> CompletableFuture<T> call(String name, Supplier<T> effect) {
        if (defect.test(name)) {
            throw new IllegalStateException("a defect, on purpose");
        }
        if (name.contains("subscribe") && !name.contains(":probe:")) {
            synchronized (calls) {
                calls.add(name);
            }
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        Object key = new Object();
        underWay.put(key, result);
        String before = lost.getNow(null);
        if (before != null) {
            underWay.remove(key);
            fail(result, before);
        } else if (hold.test(name)) {
            synchronized (held) {
                held.add(() -> answer(key, result, effect));
            }
        } else if (refuse.test(name)) {
            underWay.remove(key);
            lose(name + " refused");
            fail(result, name + " refused");
        } else {
            answer(key, result, effect);
        }
        return result;
    }

    private <T> void answer(Object key, CompletableFuture<T> result, Supplier<T> effect) {
        underWay.remove(key);
        if (!result.isDone()) {
            result.complete(effect.get());
        }
    }

    private static void fail(CompletableFuture<?> future, String reason) {
        future.completeExceptionally(new RelayUnavailableException(reason));
    }
}
