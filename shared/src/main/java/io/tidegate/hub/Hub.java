package io.tidegate.hub;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.Relay;
import io.tidegate.relay.RelayStatus;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** The connections of this node, and their way to the relay and back. */
public final class Hub implements AutoCloseable {
    /** How long a handshake waits for the relay to confirm a topic's first subscription. */
    private static final long SUBSCRIBE_TIMEOUT_MILLIS = 2_000;

    private final Settings settings;
    private final Metrics metrics;
    private final Clock clock;
    private final Admission admission;
    private final Heartbeat heartbeat;
    private final Subscriptions subscriptions = new Subscriptions();
    private final FanOut fanOut;
    private final Relay relay;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    /**
     * A hub whose threads run already.
     *
     * @param relays makes the relay, given who takes what it delivers; closed with the hub
     */
    public Hub(Settings settings, Metrics metrics, Clock clock, Function<Relay.Receiver, Relay> relays) {
        this.settings = settings;
        this.metrics = metrics;
        this.clock = clock;
        this.admission = new Admission(settings, metrics, clock);
        this.heartbeat = new Heartbeat(settings.peers(), clock);
        this.fanOut = new FanOut(subscriptions, metrics, clock);
        this.relay = relays.apply(fanOut);
        fanOut.loop().start();
    }

    /** Decides who may connect. */
    public Admission admission() {
        return admission;
    }

    /**
     * Opens an admitted connection. Until {@link Connection#opened} its frames only gather; what is published after this
     * returns will reach it, unless the relay is down. Whoever calls this must call {@link Connection#ended} in the end.
     */
    public Connection open(Transport transport, Connection.Peer peer) throws InterruptedException {
        Connection connection = new Connection(this, transport, peer);
        connections.add(connection);
        metrics.connectionsOpened().increment();
        CompletionStage<Void> subscribed = subscriptions.subscribe(peer.topic(), connection, relay);
        try {
            if (relay.status() instanceof RelayStatus.Up) {
                await(subscribed);
            }
        } catch (InterruptedException e) {
            connection.ended();
            throw e;
        }
        return connection;
    }

    /** Everybody who is connected now; a live view. */
    public Collection<Connection> connections() {
        return Collections.unmodifiableSet(connections);
    }

    /** Whether messages go through to other nodes. */
    public RelayStatus relayStatus() {
        return relay.status();
    }

    /** Bytes that wait for a socket, over all connections. */
    public long queuedBytes() {
        return connections.stream().mapToLong(Connection::queuedBytes).sum();
    }

    /** New handshakes are refused from now on. */
    public void refuseConnections() {
        admission.drain();
    }

    /** Sends the heartbeats that are due, closes idle peers and cuts those that do not answer a close. One thread. */
    public void tick() {
        heartbeat.renew();
        long now = clock.nanoTime();
        connections.forEach(connection -> connection.tick(now, heartbeat));
    }

    /** Cuts what is left and ends the threads. */
    @Override
    public void close() {
        connections.forEach(Connection::abort);
        relay.close();
        fanOut.loop().close();
    }

    CompletionStage<Void> publish(Topic topic, Message message) {
        return relay.publish(topic, message);
    }

    void awaitRoom() throws InterruptedException {
        fanOut.awaitRoom();
    }

    void unsubscribe(Connection connection, Topic topic) {
        subscriptions.unsubscribe(topic, connection, relay);
    }

    /** False where it was gone already. */
    boolean remove(Connection connection, Topic topic) {
        unsubscribe(connection, topic);
        return connections.remove(connection);
    }

    WriteLoop loop() {
        return fanOut.loop();
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

    /** A relay that goes down meanwhile does not fail the handshake: its subscriptions come back by themselves. */
    private static void await(CompletionStage<Void> subscribed) throws InterruptedException {
        try {
            subscribed.toCompletableFuture().get(SUBSCRIBE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            System.getLogger(Hub.class.getName())
                    .log(System.Logger.Level.DEBUG, "Connected before its topic was subscribed: {0}", e.toString());
        }
    }
}
