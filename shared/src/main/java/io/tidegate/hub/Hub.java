package io.tidegate.hub;

import io.tidegate.hub.Subscriptions.Subscribers;
import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.ClientFrame;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.Relay;
import io.tidegate.relay.RelayStatus;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The connections of this node, and their way to the relay and back. */
public final class Hub implements AutoCloseable {
    /** How long a handshake waits for the relay to confirm a topic's first subscription. */
    private static final long SUBSCRIBE_TIMEOUT_MILLIS = 2_000;

    /** Reads of history under way at once. */
    private static final int READINGS = 16;

    private final Settings settings;
    private final Metrics metrics;
    private final Clock clock;
    private final Admission admission;
    private final Heartbeat heartbeat;
    private final Subscriptions subscriptions = new Subscriptions();
    private final FanOut fanOut;
    private final Relay relay;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong connectionNumbers = new AtomicLong();
    private final Semaphore readings = new Semaphore(READINGS);

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
        try {
            connection.begin(peer.topics());
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

    /** Whether messages go through the relay. */
    public boolean isRelayUp() {
        return relayStatus() instanceof RelayStatus.Up;
    }

    /** Bytes that wait for a socket, over all connections. */
    public long queuedBytes() {
        return connections.stream().mapToLong(Connection::queuedBytes).sum();
    }

    /**
     * Takes what the nodes tell each other, this one's own words too.
     *
     * @param listener called on the relay's thread: it only notes, and never throws
     */
    public void listenToFleet(Consumer<Message> listener) {
        fanOut.listenToFleet(listener);
        relay.subscribe(Topic.FLEET);
    }

    /** Tells all nodes something; while the relay is down it is lost. */
    public void tellFleet(Message message) {
        relay.publish(Topic.FLEET, message, Optional.empty());
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

    CompletionStage<Position> publish(Topic topic, ClientFrame.Publish publish) {
        return relay.publish(topic, publish.message(), publish.id());
    }

    void awaitRoom() throws InterruptedException {
        fanOut.awaitRoom();
    }

    /** Delivers to a subscription from now on; waits until that is so at other nodes, too, unless the relay is down. */
    void subscribe(Subscription subscription) throws InterruptedException {
        CompletionStage<Void> active = subscriptions.add(subscription, relay);
        if (relay.status() instanceof RelayStatus.Up) {
            await(active);
        }
    }

    /**
     * Delivers to a subscription from a position on, and waits for nothing.
     *
     * @param before the one that it replaces
     */
    void resume(Subscription subscription, Optional<Position> after, @Nullable Subscription before) {
        CompletionStage<Void> active = subscriptions.add(subscription, relay);
        Resume resume = new Resume(relay, readings, subscription, after, active);
        fanOut.between(subscription.topic(), () -> {
            if (before != null) {
                before.end();
                remove(before);
            }
            Thread.startVirtualThread(resume);
        });
    }

    /** Ends the delivery to a subscription, and tells the client where. */
    void unsubscribe(Subscription subscription) {
        fanOut.between(subscription.topic(), () -> {
            Subscribers subscribers = subscriptions.of(subscription.topic());
            subscription.end(subscribers == null ? null : subscribers.delivered());
            remove(subscription);
        });
    }

    void remove(Subscription subscription) {
        subscriptions.remove(subscription, relay);
    }

    /** False where it was gone already. */
    boolean remove(Connection connection) {
        return connections.remove(connection);
    }

    /** A name for logs, unlike that of any other connection of this node. */
    String nextConnectionName() {
        return "c-" + connectionNumbers.incrementAndGet();
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
