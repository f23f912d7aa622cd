package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Owners;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** A Redis that stops, freezes and loses its data: {@link ModelRedis} behind {@link SimulatedLink}s. */
public final class SimulatedRedis {
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

    /** The time and the random numbers of the world. */
    public interface Surroundings {
        long now();

        /** Runs on Redis's side or in the network. */
        void after(long nanos, Runnable action);

        RandomGenerator random();

        void cover(String what);

        void trace(String line);
    }

    /** The process of a node, in which the answers arrive. */
    public interface NodeProcess {
        String name();

        boolean isAlive();

        /** Runs in that process. */
        void after(long nanos, Runnable action);
    }

    /** A node's relay, and the action that makes it look at the clock. */
    public record Joined(Relay relay, Runnable tick) {}

    /** An empty Redis. */
    public SimulatedRedis(Settings settings, String prefix, Surroundings in) {
        this.in = in;
        this.prefix = prefix;
        this.model = new ModelRedis(RelayTimes.of(settings), () -> Retention.newEpoch(in.random()));
        this.older = model.save();
    }

    /** A node's relay as in a server, but without the thread that ticks. */
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

    /** The position before the last messages that are kept of a topic now; at most so many of them. */
    public Position beforeLast(String topic, int messages) {
        model.time(millis());
        return model.last(new TopicKeys(prefix, new Topic(topic)), messages, Integer.MAX_VALUE)
                .after();
    }

    /** The prefix of the channels of probes. */
    String probes() {
        return prefix + ":probe:";
    }

    // Faults

    /** Does not answer for a while; commands that arrive in that time run afterwards. */
    public void freeze() {
        frozen = true;
    }

    public void thaw() {
        frozen = false;
        List<Runnable> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(Runnable::run);
    }

    /** Ends, together with every link. */
    public void stop() {
        up = false;
        frozen = false;
        waiting.clear();
        List.copyOf(links).forEach(link -> link.breaks("connection lost"));
    }

    /** Starts again with all its data. */
    public void start() {
        up = true;
    }

    /** Starts again without data. */
    public void startEmpty() {
        model.flush();
        up = true;
    }

    /** Takes a copy for a replica, which is behind from now on. */
    public void replicate() {
        older = model.save();
    }

    /** The replica takes over, with the data of the last {@link #replicate}. */
    public void startBehind() {
        model.restore(older);
        up = true;
    }

    /** Sets its clock. */
    public void stepClock(long millis) {
        wallOffsetMillis += millis;
    }

    /** The links of a process break, or become silent. */
    public void cut(NodeProcess process, boolean silently) {
        for (SimulatedLink link : List.copyOf(links)) {
            if (link.process() != process) {
                continue;
            }
            if (silently) {
                link.silence();
            } else {
                link.breaks("connection lost");
            }
        }
    }

    /** The next packet of a topic to this process is lost, but its link stays open. */
    public void losePacket(NodeProcess process) {
        links.stream().filter(link -> link.process() == process).forEach(link -> link.losePackets(true));
    }

    /** From now on no packet is lost; planned losses are cancelled. */
    public void loseNoMore() {
        links.forEach(link -> link.losePackets(false));
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
                        SimulatedLink.TIMEOUT_NANOS,
                        () -> link.completeExceptionally(new RelayUnavailableException("no connection in time")));
            } else {
                SimulatedLink fresh = new SimulatedLink(this, process, ++opened);
                links.add(fresh);
                link.complete(fresh);
            }
        });
        return link;
    }

    // For its links

    Surroundings in() {
        return in;
    }

    /** The nanoseconds for the way from one side to the other. */
    long delay() {
        return 50_000 + in.random().nextLong(in.random().nextInt(50) == 0 ? 50_000_000 : 500_000);
    }

    /** Runs an action in Redis when its turn comes, or never. */
    void run(Consumer<ModelRedis> command) {
        Runnable action = () -> {
            model.time(millis());
            command.accept(model);
        };
        if (frozen) {
            waiting.add(action);
        } else if (up) {
            action.run();
        }
    }

    /** Sends a packet to all listeners of its channel. */
    void deliver(ModelRedis.Published published) {
        published.packet().ifPresent(packet -> deliver(published.channel(), packet));
    }

    /** Does the same, and returns the number of listeners. */
    int deliver(String channel, byte[] packet) {
        int listening = 0;
        for (SimulatedLink link : List.copyOf(links)) {
            listening += link.deliver(channel, packet) ? 1 : 0;
        }
        return listening;
    }

    /** The link no longer listens. */
    void forget(SimulatedLink link) {
        links.remove(link);
    }
}
