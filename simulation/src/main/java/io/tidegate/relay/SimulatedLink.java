package io.tidegate.relay;

import io.tidegate.protocol.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A node's link to {@link SimulatedRedis}: a command travels to Redis, runs there in one step, and its answer travels back. A
 * link keeps the order of its traffic. If it breaks, it is unknown whether a command ran.
 */
final class SimulatedLink implements Link {
    /** The time limit for an answer. */
    static final long TIMEOUT_NANOS = 1_500_000_000L;

    /** The time in which the process learns that a link is broken. */
    private static final long NOTICE_NANOS = 50_000_000;

    private final SimulatedRedis redis;
    private final SimulatedRedis.Surroundings in;
    private final SimulatedRedis.NodeProcess process;
    private final CompletableFuture<String> lost = new CompletableFuture<>();
    private final Map<Long, CompletableFuture<?>> underWay = new LinkedHashMap<>();
    private final Map<String, Consumer<byte[]>> channels = new HashMap<>();
    private final Map<String, Long> lastArrival = new HashMap<>();
    private final long number;
    private long commands;
    private long lastRequest;
    private long lastAnswer;
    private boolean silent;
    private boolean losesPacket;

    SimulatedLink(SimulatedRedis redis, SimulatedRedis.NodeProcess process, long number) {
        this.redis = redis;
        this.in = redis.in();
        this.process = process;
        this.number = number;
    }

    SimulatedRedis.NodeProcess process() {
        return process;
    }

    /** No data passes in either direction, and no side is told. */
    void silence() {
        silent = true;
    }

    /** Whether the next packet of a topic is lost, although the link stays open. */
    void losePackets(boolean loses) {
        losesPacket = loses;
    }

    @Override
    public CompletableFuture<List<Answer>> publish(List<Outgoing> batch) {
        return command("publish", model -> {
            List<Answer> answers = new ArrayList<>();
            for (Outgoing one : batch) {
                ModelRedis.Published published = model.publish(one);
                answers.add(new Taken(published.positions()));
                redis.deliver(published);
            }
            return answers;
        });
    }

    @Override
    public CompletableFuture<Attachment> attach(TopicKeys keys, Optional<Position> known) {
        return command("attach", model -> new Attachment(model.attach(keys, known), model.isWatched(keys)));
    }

    @Override
    public CompletableFuture<PresenceAnswer> presence(TopicKeys keys, PresenceReport report, long trustMillis) {
        return command(
                "presence",
                model -> model.presence(
                        keys, report, trustMillis, change -> redis.deliver(keys.channel(), change.encode())));
    }

    @Override
    public CompletableFuture<History> history(TopicKeys keys, Position after, int maxBytes) {
        return command("history", model -> model.history(keys, after, maxBytes));
    }

    @Override
    public CompletableFuture<History> last(TopicKeys keys, int messages, int maxBytes) {
        return command("last", model -> model.last(keys, messages, maxBytes));
    }

    @Override
    public CompletableFuture<Void> subscribe(String channel, Consumer<byte[]> listener) {
        return listening(() -> channels.put(channel, listener));
    }

    @Override
    public CompletableFuture<Void> unsubscribe(String channel) {
        return listening(() -> channels.remove(channel));
    }

    @SuppressWarnings("NullAway") // the result of a Void is null
    private CompletableFuture<Void> listening(Runnable change) {
        return command("subscribe", model -> {
            change.run();
            return null;
        });
    }

    private <T> CompletableFuture<T> command(String name, Function<ModelRedis, T> effect) {
        CompletableFuture<T> result = new CompletableFuture<>();
        String before = lost.getNow(null);
        if (before != null) {
            result.completeExceptionally(new RelayUnavailableException(before));
            return result;
        }
        long number = commands++;
        underWay.put(number, result);
        in.cover("redis " + name);
        in.trace(process.name() + "  redis " + name);
        lastRequest = Math.max(lastRequest, in.now() + redis.delay());
        in.after(lastRequest - in.now(), () -> arriveAtRedis(effect, number, result));
        process.after(TIMEOUT_NANOS, () -> {
            if (!result.isDone()) {
                breaks("no answer within " + TIMEOUT_NANOS / 1_000_000 + " ms");
            }
        });
        return result;
    }

    private <T> void arriveAtRedis(Function<ModelRedis, T> effect, long number, CompletableFuture<T> result) {
        if (silent || (lost.isDone() && in.random().nextBoolean())) {
            return; // it never arrives
        }
        redis.run(model -> {
            T answer = effect.apply(model);
            if (lost.isDone()) {
                in.cover("done at Redis by a link that was lost");
                channels.clear();
                return;
            }
            lastAnswer = Math.max(lastAnswer, in.now() + redis.delay());
            process.after(lastAnswer - in.now(), () -> {
                if (!silent && underWay.remove(number) != null) {
                    result.complete(answer);
                }
            });
        });
    }

    /** Sends a packet to the listeners of its channel here; false if there are none. */
    boolean deliver(String channel, byte[] packet) {
        Consumer<byte[]> listener = channels.get(channel);
        if (listener == null) {
            return false;
        }
        if (losesPacket
                && !channel.startsWith(redis.probes())
                && Packet.decode(packet).isPresent()) {
            losesPacket = false;
            in.cover("packet lost");
            return true;
        }
        long at = Math.max(lastArrival.getOrDefault(channel, 0L), in.now() + redis.delay());
        lastArrival.put(channel, at);
        process.after(at - in.now(), () -> {
            if (!silent && !lost.isDone()) {
                listener.accept(packet);
            }
        });
        return true;
    }

    /** Runs soon, in the node's process. */
    void breaks(String reason) {
        redis.forget(this);
        channels.clear();
        process.after(in.random().nextLong(NOTICE_NANOS), () -> lose(reason));
    }

    private void lose(String reason) {
        if (lost.complete(reason)) {
            in.cover("link lost");
            in.trace(process.name() + "  link lost: " + reason);
        }
        List<CompletableFuture<?>> all = List.copyOf(underWay.values());
        underWay.clear();
        all.forEach(future -> future.completeExceptionally(new RelayUnavailableException(reason)));
    }

    @Override
    public String toString() {
        return "link-" + number;
    }

    @Override
    public CompletableFuture<String> lost() {
        return lost;
    }

    @Override
    public void close() {
        redis.forget(this);
        channels.clear();
        lose("closed");
    }
}
