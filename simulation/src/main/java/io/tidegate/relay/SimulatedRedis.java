package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Owners;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A Redis and the links to it: {@link ModelRedis} behind connections that delay, hang and break. A command is under way to
 * Redis, done there in one step, and its answer under way back; where a link breaks meanwhile, nobody knows whether it was done.
 */
public final class SimulatedRedis {
    private static final long TIMEOUT_NANOS = 1_500_000_000L;
    private static final long RETRY_NANOS = 50_000_000;

    private final Surroundings in;
    private final String prefix;
    private final ModelRedis model;
    private final List<SimulatedLink> links = new ArrayList<>();
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private ModelRedis.Snapshot older;
    private long opened;
    private boolean up = true;
    private boolean frozen;
    private long wallOffsetMillis = 1_732_406_400_000L;

    /** Time and chance of the world. */
    public interface Surroundings {
        long now();

        /** On Redis's side or the network's. */
        void after(long nanos, Runnable action);

        RandomGenerator random();

        void cover(String what);

        void trace(String line);
    }

    /** The process of a node, in which the answers arrive. */
    public interface NodeProcess {
        String name();

        boolean isAlive();

        /** In that process. */
        void after(long nanos, Runnable action);
    }

    /** A node's relay, and what makes it look at the clock. */
    public record Joined(Relay relay, Runnable tick) {}

    /** An empty Redis. */
    public SimulatedRedis(Settings.History history, String prefix, Surroundings in) {
        this.in = in;
        this.prefix = prefix;
        this.model = new ModelRedis(Retention.of(history), () -> Retention.newEpoch(in.random()));
        this.older = model.save();
    }

    /** A node's relay, as a server has it, but for the thread that ticks. */
    public Joined join(NodeProcess process, Owners owners, Relay.Receiver receiver, Metrics metrics, Clock clock) {
        RedisRelay relay = new RedisRelay(() -> open(process), prefix, owners, in.random(), receiver, metrics, clock);
        return new Joined(relay, relay::tick);
    }

    /** The last position of each topic that has one. */
    public Map<String, Position> heads(List<String> topics) {
        Map<String, Position> heads = new LinkedHashMap<>();
        model.time(millis());
        for (String topic : topics) {
            Position head = model.attach(new TopicKeys(prefix, new Topic(topic)), Optional.empty());
            if (head.offset() > 0) {
                heads.put(topic, head);
            }
        }
        return heads;
    }

    // Faults

    /** Answers nothing for a while; what was sent meanwhile is done afterwards. */
    public void freeze() {
        frozen = true;
    }

    public void thaw() {
        frozen = false;
        List<Runnable> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(Runnable::run);
    }

    /** Ends, and every link with it. */
    public void stop() {
        up = false;
        frozen = false;
        waiting.clear();
        List.copyOf(links).forEach(link -> link.breaks("connection lost"));
    }

    /** Starts again with all that it had. */
    public void start() {
        up = true;
    }

    /** Starts again with nothing. */
    public void startEmpty() {
        model.flush();
        up = true;
    }

    /** What a replica that is behind has: from now on it lags. */
    public void replicate() {
        older = model.save();
    }

    /** The replica takes over, with what it had at the last {@link #replicate}. */
    public void startBehind() {
        model.restore(older);
        up = true;
    }

    /** Its clock is set. */
    public void stepClock(long millis) {
        wallOffsetMillis += millis;
    }

    /** The links of a process break, or fall silent. */
    public void cut(NodeProcess process, boolean silently) {
        for (SimulatedLink link : List.copyOf(links)) {
            if (link.process == process) {
                if (silently) {
                    link.silent = true;
                } else {
                    link.breaks("connection lost");
                }
            }
        }
    }

    /** The next packet of a topic to this process is lost, though its link goes on. */
    public void losePacket(NodeProcess process) {
        links.stream().filter(link -> link.process == process).forEach(link -> link.losesPacket = true);
    }

    /** From now on no packet is lost, not even one that still was to be. */
    public void loseNoMore() {
        links.forEach(link -> link.losesPacket = false);
    }

    public boolean isUp() {
        return up && !frozen;
    }

    private long millis() {
        return wallOffsetMillis + in.now() / 1_000_000;
    }

    private CompletableFuture<Link> open(NodeProcess process) {
        CompletableFuture<Link> link = new CompletableFuture<>();
        process.after(delay(), () -> {
            if (!up) {
                link.completeExceptionally(new RelayUnavailableException("connection refused"));
            } else if (frozen) {
                process.after(
                        TIMEOUT_NANOS,
                        () -> link.completeExceptionally(new RelayUnavailableException("no connection in time")));
            } else {
                SimulatedLink fresh = new SimulatedLink(process);
                links.add(fresh);
                link.complete(fresh);
            }
        });
        return link;
    }

    private long delay() {
        return 50_000 + in.random().nextLong(in.random().nextInt(50) == 0 ? 50_000_000 : 500_000);
    }

    /** Something that Redis does when its turn comes. */
    private void atRedis(Runnable action) {
        if (frozen) {
            waiting.add(action);
        } else if (up) {
            action.run();
        }
    }

    private void deliver(ModelRedis.Published published) {
        if (published.packet().isEmpty()) {
            return;
        }
        byte[] packet = published.packet().get();
        for (SimulatedLink link : List.copyOf(links)) {
            Consumer<byte[]> listener = link.channels.get(published.channel());
            if (listener != null) {
                link.arrive(published.channel(), listener, packet);
            }
        }
    }

    private final class SimulatedLink implements Link {
        private final NodeProcess process;
        private final CompletableFuture<String> lost = new CompletableFuture<>();
        private final Map<Long, CompletableFuture<?>> underWay = new LinkedHashMap<>();
        private long commands;
        private final Map<String, Consumer<byte[]>> channels = new HashMap<>();
        private final Map<String, Long> lastArrival = new HashMap<>();
        private long lastRequest;
        private long lastAnswer;
        private final long number = ++opened;
        private boolean silent;
        private boolean losesPacket;

        SimulatedLink(NodeProcess process) {
            this.process = process;
        }

        @Override
        public CompletableFuture<List<List<Position>>> publish(List<Outgoing> batch) {
            return command("publish", () -> {
                List<List<Position>> positions = new ArrayList<>();
                for (Outgoing one : batch) {
                    ModelRedis.Published published = model.publish(one);
                    positions.add(published.positions());
                    deliver(published);
                }
                return positions;
            });
        }

        @Override
        public CompletableFuture<Position> attach(TopicKeys keys, Optional<Position> delivered) {
            return command("attach", () -> model.attach(keys, delivered));
        }

        @Override
        public CompletableFuture<History> history(TopicKeys keys, Position after, int maxBytes) {
            return command("history", () -> model.history(keys, after, maxBytes));
        }

        @Override
        public CompletableFuture<Void> subscribe(String channel, Consumer<byte[]> listener) {
            return this.<Void>commandOf(() -> {
                channels.put(channel, listener);
                return null;
            });
        }

        @Override
        public CompletableFuture<Void> unsubscribe(String channel) {
            return this.<Void>commandOf(() -> {
                channels.remove(channel);
                return null;
            });
        }

        @SuppressWarnings("NullAway") // the result of a Void is null
        private <T> CompletableFuture<T> commandOf(Supplier<T> effect) {
            return command("subscribe", effect);
        }

        private <T> CompletableFuture<T> command(String name, Supplier<T> effect) {
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
            lastRequest = Math.max(lastRequest, in.now() + delay());
            in.after(lastRequest - in.now(), () -> arriveAtRedis(effect, number, result));
            process.after(TIMEOUT_NANOS, () -> {
                if (!result.isDone()) {
                    breaks("no answer within 1500 ms");
                }
            });
            return result;
        }

        private <T> void arriveAtRedis(Supplier<T> effect, long number, CompletableFuture<T> result) {
            if (silent || (lost.isDone() && in.random().nextBoolean())) {
                return; // it never gets there
            }
            atRedis(() -> {
                model.time(millis());
                T answer = effect.get();
                if (lost.isDone()) {
                    in.cover("done at Redis by a link that was lost");
                    channels.clear();
                    return;
                }
                lastAnswer = Math.max(lastAnswer, in.now() + delay());
                process.after(lastAnswer - in.now(), () -> {
                    if (!silent && underWay.remove(number) != null) {
                        result.complete(answer);
                    }
                });
            });
        }

        private void arrive(String channel, Consumer<byte[]> listener, byte[] packet) {
            if (losesPacket && Packet.decode(packet).isPresent()) {
                losesPacket = false;
                in.cover("packet lost");
                return;
            }
            long at = Math.max(lastArrival.getOrDefault(channel, 0L), in.now() + delay());
            lastArrival.put(channel, at);
            process.after(at - in.now(), () -> {
                if (!silent && !lost.isDone()) {
                    listener.accept(packet);
                }
            });
        }

        /** In the node's process, soon. */
        private void breaks(String reason) {
            links.remove(this);
            channels.clear();
            process.after(in.random().nextLong(RETRY_NANOS), () -> lose(reason));
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
            links.remove(this);
            channels.clear();
            lose("closed");
        }
    }
}
