package io.tidegate.hub;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.ClientFrame;
import io.tidegate.protocol.ClientFrame.About;
import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.ErrorCode;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.ServerFrame;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.settings.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One peer, from its handshake to the end of its TCP connection.
 *
 * <p><b>Threads.</b> The runtime's reading thread calls {@link #receive}, {@link #ping}, {@link #pong},
 * {@link #closedByPeer} and at last {@link #ended}. The write loop delivers and writes. The tick sends heartbeats and
 * reaps. {@link #close} may come from any of them. There is no lock here: what is shared is the queue, which has its own,
 * and {@link #closeCode}, which the first to close sets by compare-and-set.
 *
 * <p><b>Order of an end.</b> Either side begins with a close frame. After ours nothing follows, since the queue ends
 * with it; what the peer sent before it saw ours is still taken. When both frames have passed, the runtime closes TCP,
 * as RFC 6455 section 7.1.1 asks of a server. A peer that does not answer is cut at {@link #CLOSE_TIMEOUT_NANOS}. Only
 * {@link #ended}, which the runtime calls wherever its reading ends, takes the connection off the books, so a peer that
 * vanishes without a word cannot leak.
 */
public final class Connection {
    /** How long a peer may take to answer a close frame. */
    static final long CLOSE_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Publishes that the relay has not answered yet; with that many under way the connection is not read. */
    private static final int PUBLISHES_UNDER_WAY = 64;

    /** Messages above the rate that are answered by an error before the connection is closed, at least. */
    private static final int REFUSALS = 10;

    private static final int OPEN = 0;

    private final Hub hub;
    private final Wire wire;
    private final Topic home;
    private final Transport transport;
    private final OutboundQueue queue;
    private final Admission.Permit permit;
    private final Settings.Limits limits;
    private final RateLimit rate;
    private final Semaphore publishes = new Semaphore(PUBLISHES_UNDER_WAY);

    /** For the reading thread. */
    private final Map<Topic, Subscription> subscriptions = HashMap.newHashMap(1);

    /** {@link #OPEN}, or the code of whoever closed first. */
    private final AtomicInteger closeCode = new AtomicInteger(OPEN);

    private volatile long lastSeen;
    private volatile long cutAt;
    private long nextHeartbeat;
    private int refused;
    private long refusedSince;

    Connection(Hub hub, Transport transport, Peer peer) {
        long now = hub.clock().nanoTime();
        this.hub = hub;
        this.wire = peer.wire();
        this.home = peer.home();
        this.transport = transport;
        this.permit = peer.permit();
        this.limits = hub.settings().limits();
        this.queue = new OutboundQueue(transport, hub.loop(), limits.queue());
        this.rate = new RateLimit(limits.rate(), now);
        this.lastSeen = now;
        this.nextHeartbeat = now + hub.settings().peers().heartbeat().toNanos();
    }

    /**
     * What the handshake settled.
     *
     * @param topics what the connection subscribes to from the start
     * @param home what it publishes to where it names no topic
     */
    public record Peer(Wire wire, List<Topic> topics, Topic home, Admission.Permit permit) {}

    /** Greets the peer and subscribes to its topics. */
    void begin(List<Topic> topics) throws InterruptedException {
        if (wire.resumes()) {
            send(FrameBatch.of(welcome()));
            for (Topic topic : topics) {
                resume(topic, Optional.empty());
            }
        } else {
            for (Topic topic : topics) {
                Subscription subscription = new Subscription(this, topic, Optional.empty());
                subscriptions.put(topic, subscription);
                hub.subscribe(subscription);
            }
        }
    }

    private ServerFrame.Welcome welcome() {
        Settings settings = hub.settings();
        return new ServerFrame.Welcome(
                hub.nextConnectionName(),
                settings.server().node(),
                settings.peers().heartbeat().toMillis(),
                new ServerFrame.Limits(limits.message(), limits.topics(), limits.queue(), limits.rate()));
    }

    /** The handshake's answer is on the socket: frames may follow. */
    public void opened() {
        queue.open();
    }

    /** Takes a data message. Blocks while too many publishes are under way. */
    public void receive(Message message) throws InterruptedException {
        long now = hub.clock().nanoTime();
        lastSeen = now;
        hub.metrics().messagesReceived().increment();
        if (closeCode.get() == CloseCode.POLICY.code()) {
            return;
        }
        ClientFrame frame = wire.decode(message, hub.clock().epochMillis());
        if (!rate.allows(now)) {
            refuse(now, about(frame));
            return;
        }
        switch (frame) {
            case ClientFrame.Publish publish -> publish(publish);
            case ClientFrame.Subscribe subscribe -> subscribe(subscribe.topic(), subscribe.after());
            case ClientFrame.Unsubscribe unsubscribe -> unsubscribe(unsubscribe.topic());
            case ClientFrame.Ping ping -> send(FrameBatch.of(new ServerFrame.Pong()));
            case ClientFrame.Invalid invalid -> error(invalid.code(), invalid.message(), invalid.about());
        }
    }

    private About about(ClientFrame frame) {
        return switch (frame) {
            case ClientFrame.Publish publish -> about(publish);
            case ClientFrame.Subscribe subscribe -> new About(Optional.empty(), Optional.of(subscribe.topic()));
            case ClientFrame.Unsubscribe unsubscribe -> new About(Optional.empty(), Optional.of(unsubscribe.topic()));
            case ClientFrame.Ping ping -> About.NOTHING;
            case ClientFrame.Invalid invalid -> invalid.about();
        };
    }

    private About about(ClientFrame.Publish publish) {
        return new About(publish.id(), Optional.of(publish.topic().orElse(home)));
    }

    /** Answers a ping with its payload (RFC 6455, section 5.5.3). */
    public void ping(byte[] payload) {
        pong();
        send(FrameBatch.of(Opcode.PONG, payload));
    }

    /** A sign of life. */
    public void pong() {
        lastSeen = hub.clock().nanoTime();
    }

    /**
     * The peer's close frame has come: answers it, unless it is itself the answer, and waits until ours is out. The
     * runtime then closes TCP.
     *
     * @param code the peer's, 1005 where it gave none
     */
    public void closedByPeer(int code) throws InterruptedException {
        if (beginClose(code)) {
            leave(code == 1005 ? FrameBatch.of(Opcode.CLOSE, new byte[0]) : FrameBatch.close(code, ""), false);
        }
        queue.awaitFinished(CLOSE_TIMEOUT_NANOS);
    }

    /**
     * Begins the closing handshake, once: what waits is still sent, then the close frame. A peer that was closed for
     * being too slow gets nothing but the close frame.
     */
    public void close(CloseCode code, String reason) {
        if (beginClose(code.code())) {
            leave(FrameBatch.close(code.code(), reason), code == CloseCode.OVERLOAD);
        }
    }

    /** Waits until the close frame is out, or cannot be sent. */
    public void awaitClosed() throws InterruptedException {
        queue.awaitFinished(CLOSE_TIMEOUT_NANOS);
    }

    /** True from the first close frame on, ours or the peer's. */
    public boolean closing() {
        return closeCode.get() != OPEN;
    }

    /** Cuts TCP; {@link #ended} follows from the reading thread. */
    public void abort() {
        transport.abort();
    }

    /** TCP is gone. The runtime calls this last, whatever happened; only the first call counts. */
    public void ended() {
        closeCode.compareAndSet(OPEN, 1006);
        subscriptions.values().forEach(hub::remove);
        subscriptions.clear();
        if (hub.remove(this)) {
            hub.metrics().connectionsClosed(closeCode.get()).increment();
            permit.close();
        }
    }

    /** Tells the peer that this connection is to end. */
    public void announceShutdown(long reconnectAfterMillis) {
        send(FrameBatch.of(new ServerFrame.ServerShutdown(reconnectAfterMillis)));
    }

    /** Whether this peer connects elsewhere by itself, and gets there what it has missed. */
    public boolean resumes() {
        return wire.resumes();
    }

    Wire wire() {
        return wire;
    }

    /** Unsent bytes that this connection may hold. */
    int queueLimit() {
        return limits.queue();
    }

    /** Waits until at most half of what may wait does. */
    void awaitRoom() throws InterruptedException {
        queue.awaitRoom(limits.queue() / 2);
    }

    void recovery(Metrics.Recovery outcome) {
        hub.metrics().recoveries(outcome).increment();
    }

    void overload(String reason) {
        close(CloseCode.OVERLOAD, reason);
    }

    int queuedBytes() {
        return queue.bytes();
    }

    /** Heartbeat, reaper and close timeout; one thread for all connections. */
    void tick(long now, Heartbeat heartbeat) {
        if (closing()) {
            if (now - cutAt >= 0) {
                abort();
            }
        } else if (now - lastSeen > heartbeat.idleNanos()) {
            close(CloseCode.INTERNAL, "no sign of life");
        } else if (now - nextHeartbeat >= 0) {
            nextHeartbeat += heartbeat.intervalNanos();
            send(heartbeat.frames());
        }
    }

    private void publish(ClientFrame.Publish publish) throws InterruptedException {
        Topic topic = publish.topic().orElse(home);
        hub.awaitRoom();
        publishes.acquire();
        hub.publish(topic, publish).whenComplete((position, failure) -> {
            publishes.release();
            if (failure != null) {
                error(
                        ErrorCode.RELAY_UNAVAILABLE,
                        "not published: the relay is unavailable, please retry",
                        about(publish));
            } else if (publish.id().isPresent()) {
                send(FrameBatch.of(new ServerFrame.Ack(publish.id().get(), topic, position)));
            }
        });
    }

    private void subscribe(Topic topic, Optional<Position> after) throws InterruptedException {
        if (!subscriptions.containsKey(topic) && subscriptions.size() >= limits.topics()) {
            error(
                    ErrorCode.TOO_MANY_TOPICS,
                    "allowed are " + limits.topics() + " subscriptions of a connection",
                    new About(Optional.empty(), Optional.of(topic)));
            return;
        }
        hub.awaitRoom();
        resume(topic, after);
    }

    private void resume(Topic topic, Optional<Position> after) {
        Subscription subscription = new Subscription(this, topic, after);
        hub.resume(subscription, after, subscriptions.put(topic, subscription));
    }

    private void unsubscribe(Topic topic) throws InterruptedException {
        Subscription subscription = subscriptions.remove(topic);
        if (subscription == null) {
            error(
                    ErrorCode.INVALID_TOPIC,
                    "\"topic\" is not subscribed; allowed is one that is",
                    new About(Optional.empty(), Optional.of(topic)));
            return;
        }
        hub.awaitRoom();
        hub.unsubscribe(subscription);
    }

    private void refuse(long now, About about) {
        if (now - refusedSince > TimeUnit.SECONDS.toNanos(1)) {
            refused = 0;
        }
        refusedSince = now;
        refused++;
        String allowed = "allowed are " + limits.rate() + " messages a second";
        error(ErrorCode.RATE_LIMITED, allowed, about);
        if (refused > Math.max(REFUSALS, limits.rate())) {
            close(CloseCode.POLICY, "rate-limited: " + allowed);
        }
    }

    private void error(ErrorCode code, String message, About about) {
        About told = wire.resumes() ? about : About.NOTHING;
        send(FrameBatch.of(new ServerFrame.ErrorFrame(code, message, told)));
    }

    void send(FrameBatch batch) {
        switch (queue.offer(batch)) {
            case ACCEPTED, ENDED -> {}
            case FULL -> {
                if (!closing()) {
                    hub.metrics().slowConsumers().increment();
                    overload("slow consumer: more than " + limits.queue() + " bytes unread");
                }
            }
        }
    }

    /** The deadline comes first: whoever sees that this is closing may hold it to that. */
    private boolean beginClose(int code) {
        if (closing()) {
            return false;
        }
        cutAt = hub.clock().nanoTime() + CLOSE_TIMEOUT_NANOS;
        return closeCode.compareAndSet(OPEN, code);
    }

    private void leave(FrameBatch closeFrame, boolean discard) {
        queue.end(closeFrame, discard);
    }
}
