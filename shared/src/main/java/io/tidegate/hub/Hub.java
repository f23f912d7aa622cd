package io.tidegate.hub;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.tidegate.access.Access;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.Outcome;
import io.tidegate.metrics.Metrics.Source;
import io.tidegate.owner.Owner;
import io.tidegate.owner.Owners;
import io.tidegate.protocol.Author;
import io.tidegate.protocol.ClientFrame;
import io.tidegate.protocol.ErrorCode;
import io.tidegate.protocol.FrameCompression;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Publication;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.HistoryReader;
import io.tidegate.relay.PresenceAnswer;
import io.tidegate.relay.PresenceReport;
import io.tidegate.relay.PresenceTimes;
import io.tidegate.relay.Relay;
import io.tidegate.relay.RelayStatus;
import io.tidegate.settings.Settings;
import io.tidegate.time.AttentiveTime;
import io.tidegate.time.Clock;
import io.tidegate.tracing.Tracing;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** The connections of this node, and their way to the relay and back. */
public final class Hub implements AutoCloseable {
    /** How long a handshake waits for the relay to confirm a topic's first subscription. */
    private static final long SUBSCRIBE_TIMEOUT_MILLIS = 2_000;

    /** A tick that comes later than this has found a node that stood still, not peers that were silent. */
    private static final long ATTENTION_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Settings settings;
    private final Metrics metrics;
    private final Clock clock;
    private final Owners owners;
    private final Admission admission;
    private final Access access;
    private final Entrance entrance;
    private final Heartbeat heartbeat;
    private final Backlog backlog = new Backlog();
    private final PublishRoom publishRoom = new PublishRoom();
    private final Arrivals arrivals;
    private final Traces traces = new Traces();
    private final Relay relay;
    private final WriteLoops loops;
    private final ClientTopics clientTopics;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong connectionNumbers = new AtomicLong();
    private final String start;
    private final AttentiveTime attentiveTime;
    private final SlowConsumerLog slowConsumers = new SlowConsumerLog();
    private volatile long attention;

    /**
     * A hub whose write loops run already.
     *
     * @param owners run the write loops; they are the caller's to close, after the hub
     * @param relays makes the relay, given who takes what it delivers; closed with the hub
     */
    public Hub(Settings settings, Metrics metrics, Clock clock, Owners owners, Function<Relay.Receiver, Relay> relays) {
        this.settings = settings;
        this.metrics = metrics;
        metrics.declareErrors(Stream.of(ErrorCode.values()).map(ErrorCode::wire).toList());
        this.clock = clock;
        this.start = Long.toString(clock.epochMillis(), 36);
        this.owners = owners;
        this.admission = new Admission(settings, metrics, clock);
        this.access = Access.of(settings.auth(), clock);
        this.entrance = new Entrance(access, metrics);
        this.heartbeat = new Heartbeat(settings.peers(), clock);
        this.attentiveTime = new AttentiveTime(clock.nanoTime(), ATTENTION_NANOS);
        this.loops = new WriteLoops(
                settings.server().writeLoops(),
                new WriteLoop.Surroundings(this::relay, settings.limits().queue(), backlog, owners, metrics, traces),
                new Presences.Self(name(), PresenceTimes.of(settings.presence().linger()), clock));
        this.clientTopics = new ClientTopics(settings.limits().topicsOfClient());
        this.arrivals = new Arrivals(loops, clock);
        this.relay = relays.apply(arrivals);
    }

    /** Decides who may connect. */
    public Admission admission() {
        return admission;
    }

    /** Decides who a client is that may connect. */
    public Entrance entrance() {
        return entrance;
    }

    /** Says who clients are, and what they may do. */
    public Access access() {
        return access;
    }

    /**
     * Opens an admitted connection. Until {@link Connection#opened} its frames only gather; what is published after this
     * returns will reach it, unless the relay is down. The caller must call {@link Connection#ended} in the end.
     */
    public Connection open(Transport transport, Peer peer) throws InterruptedException {
        Connection connection = begin(transport, peer);
        try {
            // A relay that is down does not fail the handshake: its subscriptions come back by themselves.
            connection.awaitCarried(isRelayUp() ? SUBSCRIBE_TIMEOUT_MILLIS : 0);
        } catch (InterruptedException e) {
            connection.ended();
            throw e;
        }
        return connection;
    }

    /** The same, without waiting for the relay. */
    public Connection begin(Transport transport, Peer peer) {
        boolean begun = false;
        Connection connection = null;
        try {
            connection = new Connection(this, transport, peer);
            connections.add(connection);
            metrics.connectionsOpened().increment();
            connection.begin(peer.topics());
            begun = true;
            return connection;
        } finally {
            if (!begun) {
                peer.permit().close();
                if (connection != null) {
                    connection.ended();
                }
            }
        }
    }

    /** Everybody who is connected now; a live view. */
    public Collection<Connection> connections() {
        return Collections.unmodifiableSet(connections);
    }

    /** Whether messages go through to other nodes. */
    public RelayStatus relayStatus() {
        return relay.status();
    }

    /** Whether messages go through the relay. */
    public boolean isRelayUp() {
        return relayStatus() instanceof RelayStatus.Up;
    }

    /** Bytes that wait for a socket, over all connections. */
    public long queuedBytes() {
        return loops.queuedBytes();
    }

    /** Topics that clients of this node get messages of. Any thread. */
    public int topics() {
        return loops.carriedTopics();
    }

    /** The owners without whom nothing goes through, by name, to be watched. */
    public Map<String, Owner<?>> owners() {
        Map<String, Owner<?>> owners = new LinkedHashMap<>(loops.owners());
        relay.owner().ifPresent(owner -> owners.put("relay", owner));
        return owners;
    }

    /**
     * Takes what the nodes tell each other, this one's own words too.
     *
     * @param listener called on the relay's thread: it only posts, and never throws
     */
    public void listenToFleet(Consumer<Message> listener) {
        arrivals.listenToFleet(listener);
        for (Topic topic : List.of(Topic.FLEET, Topic.ORDERS)) {
            var unused = relay.subscribe(topic);
        }
    }

    /**
     * Tells all nodes something; while the relay is down it is lost.
     *
     * @return completes once the relay has taken it; fails where it has not
     */
    @CanIgnoreReturnValue
    public CompletionStage<Position> tellFleet(Message message) {
        return relay.publish(Topic.FLEET, message, Optional.empty());
    }

    /**
     * Tells all nodes to do something, also those that are cut off, once they are back, as long as the history reaches.
     *
     * @return completes once the relay has it; fails where it may have not
     */
    public CompletionStage<Position> orderFleet(Message message) {
        return relay.publish(Topic.ORDERS, message, Optional.empty());
    }

    /** Who is connected, for those who look after them. */
    public Roster roster() {
        return new Roster(connections(), loops);
    }

    /** New handshakes are refused from now on. */
    public void refuseConnections() {
        admission.drain();
    }

    /** Sends the heartbeats that are due, closes idle peers and cuts those that do not answer a close. One thread. */
    public void tick() {
        heartbeat.renew();
        publishRoom.tick();
        long now = clock.nanoTime();
        long attentive = attentiveTime.advance(now);
        attention = attentive;
        slowConsumers.tick(now);
        loops.postToAll(new LoopEvent.Tick(now));
        for (Connection connection : connections) {
            guarded(connection, () -> connection.tick(now, attentive, heartbeat));
        }
    }

    /** Cuts what is left. */
    @Override
    public void close() {
        connections.forEach(Connection::abort);
        relay.close();
        access.close();
    }

    /** What fails costs this connection alone: the others' heartbeats, and the drain, go on. Any thread. */
    void guarded(Connection connection, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            owners.defect("connection " + connection, e);
            connection.post(new LoopEvent.Failed(connection));
        }
    }

    /**
     * Nanoseconds during which this node was able to see whether peers are alive, as of the last tick: who was silent while the
     * node itself stood still (a CPU limit, a paused machine, a long collection) may have spoken.
     */
    long attention() {
        return attention;
    }

    /**
     * Publishes what a back end has sent; as {@link Relay#publish}. Any thread.
     *
     * @param traceparent of what the back end does; empty: nobody knows
     */
    public CompletionStage<Position> publish(Publication publication, String traceparent) {
        Topic topic = publication.topic();
        Traces.Publishing trace = traces.publish(topic, traceparent);
        return trace.endWith(relay.publish(topic, publication.message(), publication.id()))
                .whenComplete((position, failure) -> {
                    metrics.publishes(Source.API, failure == null ? Outcome.PUBLISHED : Outcome.UNAVAILABLE)
                            .increment();
                    if (failure == null) {
                        trace.word(topic, position).ifPresent(this::tellTraces);
                    }
                });
    }

    private void tellTraces(Traces.Word word) {
        var unused = relay.publish(Topic.TRACES, word.message(), Optional.empty());
    }

    /** What is held of topics. */
    public HistoryReader history() {
        return relay;
    }

    /** Who is in a topic, anywhere in the fleet; from then on that is known for a while. Any thread. */
    public CompletionStage<PresenceAnswer> presence(Topic topic) {
        return relay.presence(topic, PresenceReport.question());
    }

    CompletionStage<Position> publish(Topic topic, ClientFrame.Publish publish, Author author) {
        Optional<MessageId> id =
                publish.id().map(given -> author.json().map(given::of).orElse(given));
        Traces.Publishing trace = traces.publish(topic, "");
        return trace.endWith(
                publish.keep() ? relay.publish(topic, publish.message(), id) : relay.pass(topic, publish.message()));
    }

    /** Gives spans to this from now on, and listens to what other nodes say of traces. To be called once at most. */
    public void trace(Tracing tracing) {
        if (tracing.isOn()) {
            traces.to(tracing);
            var unused = relay.subscribe(Topic.TRACES);
        }
    }

    /** Who follows requests through this node. */
    public Traces traces() {
        return traces;
    }

    Subscriber subscriber(
            Connection connection, WriteLoop loop, Transport transport, Optional<FrameCompression> compression) {
        OutboundQueue queue = new OutboundQueue(transport, loop.outbound(), compression.orElse(null));
        return new Subscriber(connection, loop.audiences(), clientTopics, queue);
    }

    /** False where it was gone already. */
    boolean remove(Connection connection) {
        return connections.remove(connection);
    }

    /** The number of a connection, unlike that of any other of this node. */
    long nextConnection() {
        return connectionNumbers.incrementAndGet();
    }

    /** The name of this node. */
    public String node() {
        return settings.server().node();
    }

    /** What the names of its connections begin with: unlike that of other nodes, and of its own earlier starts. */
    public String name() {
        return node() + ":" + start;
    }

    private Relay relay() {
        return relay;
    }

    WriteLoops loops() {
        return loops;
    }

    SlowConsumerLog slowConsumers() {
        return slowConsumers;
    }

    Heartbeat heartbeat() {
        return heartbeat;
    }

    Backlog backlog() {
        return backlog;
    }

    PublishRoom publishRoom() {
        return publishRoom;
    }

    Settings settings() {
        return settings;
    }

    /** What this node counts. */
    public Metrics metrics() {
        return metrics;
    }

    Clock clock() {
        return clock;
    }
}
