package io.tidegate.hub;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.tidegate.access.Access;
import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Owner;
import io.tidegate.owner.Owners;
import io.tidegate.protocol.Author;
import io.tidegate.protocol.ClientFrame;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Publication;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.HistoryReader;
import io.tidegate.relay.Relay;
import io.tidegate.relay.RelayStatus;
import io.tidegate.settings.Settings;
import io.tidegate.time.AttentiveTime;
import io.tidegate.time.Clock;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

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
    private final Arrivals arrivals;
    private final Relay relay;
    private final WriteLoop rounds;
    private final Owner<LoopEvent> loop;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong connectionNumbers = new AtomicLong();
    private final String start;
    private final AttentiveTime attentiveTime;
    private volatile long attention;

    /**
     * A hub whose write loop runs already.
     *
     * @param owners run the write loop; they are the caller's to close, after the hub
     * @param relays makes the relay, given who takes what it delivers; closed with the hub
     */
    public Hub(Settings settings, Metrics metrics, Clock clock, Owners owners, Function<Relay.Receiver, Relay> relays) {
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
        this.start = Long.toString(clock.epochMillis(), 36);
        this.owners = owners;
        this.admission = new Admission(settings, metrics, clock);
        this.access = Access.of(settings.auth(), clock);
        this.entrance = new Entrance(access, metrics);
        this.heartbeat = new Heartbeat(settings.peers(), clock);
        this.attentiveTime = new AttentiveTime(clock.nanoTime(), ATTENTION_NANOS);
        this.rounds = new WriteLoop(this::relay, backlog, this::post, owners, metrics, clock);
        this.loop = owners.loop(WriteLoop.NAME, rounds);
        this.arrivals = new Arrivals(backlog, loop, clock);
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
        return rounds.outbound().bytes();
    }

    /** The owners without whom nothing goes through, by name, to be watched. */
    public Map<String, Owner<?>> owners() {
        Map<String, Owner<?>> owners = new LinkedHashMap<>();
        owners.put(WriteLoop.NAME, loop);
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
        var unused = relay.subscribe(Topic.FLEET);
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

    /** Who is connected, for those who look after them. */
    public Roster roster() {
        return new Roster(connections(), loop);
    }

    /** New handshakes are refused from now on. */
    public void refuseConnections() {
        admission.drain();
    }

    /** Sends the heartbeats that are due, closes idle peers and cuts those that do not answer a close. One thread. */
    public void tick() {
        heartbeat.renew();
        long now = clock.nanoTime();
        long attentive = attentiveTime.advance(now);
        attention = attentive;
        post(new LoopEvent.Tick(now));
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
            post(new LoopEvent.Failed(connection));
        }
    }

    /**
     * Nanoseconds during which this node was able to see whether peers are alive, as of the last tick: who was silent while the
     * node itself stood still (a CPU limit, a paused machine, a long collection) may have spoken.
     */
    long attention() {
        return attention;
    }

    /** Publishes what no client has sent; as {@link Relay#publish}. Any thread. */
    public CompletionStage<Position> publish(Publication publication) {
        return relay.publish(publication.topic(), publication.message(), publication.id());
    }

    /** What is held of topics. */
    public HistoryReader history() {
        return relay;
    }

    CompletionStage<Position> publish(Topic topic, ClientFrame.Publish publish, Author author) {
        Optional<MessageId> id =
                publish.id().map(given -> author.json().map(given::of).orElse(given));
        return publish.keep() ? relay.publish(topic, publish.message(), id) : relay.pass(topic, publish.message());
    }

    /** Whether what is published from now on reaches who has posted his subscription to this topic. */
    boolean carries(Topic topic) {
        return rounds.audiences().carries(topic);
    }

    Subscriber subscriber(Connection connection, Transport transport) {
        return new Subscriber(
                connection,
                rounds.audiences(),
                new OutboundQueue(
                        transport, rounds.outbound(), settings.limits().queue()));
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

    private void post(LoopEvent event) {
        loop.post(event);
    }

    Owner<LoopEvent> loop() {
        return loop;
    }

    Heartbeat heartbeat() {
        return heartbeat;
    }

    Backlog backlog() {
        return backlog;
    }

    Settings settings() {
        return settings;
    }

    Metrics metrics() {
        return metrics;
    }

    Clock clock() {
        return clock;
    }
}
