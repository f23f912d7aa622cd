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

/**
 * The connections of this node, and their way to the relay and back.
 *
 * <p>One class, although long: it joins the parts of a node, and most of its methods only pass a call on.
 */
public final class Hub implements AutoCloseable {
    /** How long a handshake waits for the relay to confirm a topic's first subscription. */
    private static final long SUBSCRIBE_TIMEOUT_MILLIS = 2_000;

    /** A tick that is later than this means that the node stood still, not that its peers were silent. */
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
     * @param owners run the write loops; the caller closes them, after the hub
     * @param relays makes the relay from the receiver of its messages; the hub closes the relay
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

    /** Checks the identity of a client that may connect. */
    public Entrance entrance() {
        return entrance;
    }

    /** Decides the identity of clients, and what they may do. */
    public Access access() {
        return access;
    }

    /**
     * Opens an admitted connection. Until {@link Connection#opened} its frames only gather in the queue. What is
     * published after this call returns reaches the connection, unless the relay is down. The caller must call {@link
     * Connection#ended} in the end.
     */
    public Connection open(Transport transport, Peer peer) throws InterruptedException {
        Connection connection = begin(transport, peer);
        try {
            // A relay that is down does not fail the handshake. The relay restores its subscriptions by itself.
            connection.awaitCarried(isRelayUp() ? SUBSCRIBE_TIMEOUT_MILLIS : 0);
        } catch (InterruptedException e) {
            connection.ended();
            throw e;
        }
        return connection;
    }

    /** Like {@link #open}, without waiting for the relay. */
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

    /** All open connections; a live view. */
    public Collection<Connection> connections() {
        return Collections.unmodifiableSet(connections);
    }

    /** The state of the relay, and so of the way to other nodes. */
    public RelayStatus relayStatus() {
        return relay.status();
    }

    /** Whether the relay is up. */
    public boolean isRelayUp() {
        return relayStatus() instanceof RelayStatus.Up;
    }

    /** Bytes that wait for a socket, over all connections. */
    public long queuedBytes() {
        return loops.queuedBytes();
    }

    /** The number of topics of which this node's clients get messages. Any thread. */
    public int topics() {
        return loops.carriedTopics();
    }

    /** The owners that the node cannot work without, by name, for the watchdog. */
    public Map<String, Owner<?>> owners() {
        Map<String, Owner<?>> owners = new LinkedHashMap<>(loops.owners());
        relay.owner().ifPresent(owner -> owners.put("relay", owner));
        return owners;
    }

    /**
     * Listens to what the nodes tell each other. The node's own messages are included.
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
     * Tells all nodes something. While the relay is down the message is lost.
     *
     * @return completes once the relay has taken the message; fails where it has not
     */
    @CanIgnoreReturnValue
    public CompletionStage<Position> tellFleet(Message message) {
        return relay.publish(Topic.FLEET, message, Optional.empty());
    }

    /**
     * Tells all nodes to do something. A node that is cut off gets the order when it is back, as long as the history
     * still has it.
     *
     * @return completes once the relay has the order; fails where the relay may not have it
     */
    public CompletionStage<Position> orderFleet(Message message) {
        return relay.publish(Topic.ORDERS, message, Optional.empty());
    }

    /** The connected clients, for operators. */
    public Roster roster() {
        return new Roster(connections(), loops);
    }

    /** Refuses new handshakes from now on. */
    public void refuseConnections() {
        admission.drain();
    }

    /** Sends the heartbeats that are due, closes idle peers and cuts peers that do not answer a close. One thread. */
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

    /** Cuts the connections that are left. */
    @Override
    public void close() {
        connections.forEach(Connection::abort);
        relay.close();
        access.close();
    }

    /** A failure affects this connection alone: the heartbeats of the others, and the drain, go on. Any thread. */
    void guarded(Connection connection, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            owners.defect("connection " + connection, e);
            connection.post(new LoopEvent.Failed(connection));
        }
    }

    /**
     * Nanoseconds during which this node was able to see whether peers are alive, up to the last tick. Time in which the
     * node itself stood still (a CPU limit, a paused machine, a long collection) does not count: a peer that seemed
     * silent then may have sent something.
     */
    long attention() {
        return attention;
    }

    /**
     * Publishes what a back end has sent, like {@link Relay#publish}. Any thread.
     *
     * @param traceparent the trace of the back end's request; empty where it has none
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

    /** The history of topics. */
    public HistoryReader history() {
        return relay;
    }

    /**
     * The users in a topic, anywhere in the fleet. The fleet then tracks the topic's presence for a while. Any thread.
     */
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

    /**
     * Sends spans to this exporter from now on, and listens to the trace words of other nodes. To be called once at most.
     */
    public void trace(Tracing tracing) {
        if (tracing.isOn()) {
            traces.to(tracing);
            var unused = relay.subscribe(Topic.TRACES);
        }
    }

    /** The traces of messages that pass through this node. */
    public Traces traces() {
        return traces;
    }

    Subscriber subscriber(
            Connection connection, WriteLoop loop, Transport transport, Optional<FrameCompression> compression) {
        OutboundQueue queue = new OutboundQueue(transport, loop.outbound(), compression.orElse(null));
        return new Subscriber(connection, loop.audiences(), clientTopics, queue);
    }

    /** Removes a connection; false where it is removed already. */
    boolean remove(Connection connection) {
        return connections.remove(connection);
    }

    /** A number for a connection, unique on this node. */
    long nextConnection() {
        return connectionNumbers.incrementAndGet();
    }

    /** The name of this node. */
    public String node() {
        return settings.server().node();
    }

    /**
     * The prefix of this node's connection names. It differs from that of other nodes, and from that of this node's
     * earlier starts.
     */
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

    /** The node's metrics. */
    public Metrics metrics() {
        return metrics;
    }

    Clock clock() {
        return clock;
    }
}
