package io.tidegate.hub;

import io.tidegate.protocol.ClientFrame;
import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.ErrorCode;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.ServerFrame;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.settings.Settings;
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
    private final Topic topic;
    private final Transport transport;
    private final OutboundQueue queue;
    private final Admission.Permit permit;
    private final Settings.Limits limits;
    private final RateLimit rate;
    private final Semaphore publishes = new Semaphore(PUBLISHES_UNDER_WAY);

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
        this.topic = peer.topic();
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
     * @param topic what the connection publishes and subscribes to
     */
    public record Peer(Wire wire, Topic topic, Admission.Permit permit) {}

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
        if (!rate.allows(now)) {
            refuse(now);
            return;
        }
        switch (wire.decode(message, hub.clock().epochMillis())) {
            case ClientFrame.Publish publish -> publish(publish.message());
            case ClientFrame.Invalid invalid -> error(invalid.code(), invalid.message());
        }
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
        if (hub.remove(this, topic)) {
            hub.metrics().connectionsClosed(closeCode.get()).increment();
            permit.close();
        }
    }

    /** Tells the peer of a drain. */
    public void announceShutdown(long reconnectAfterMillis) {
        send(FrameBatch.of(new ServerFrame.ServerShutdown(reconnectAfterMillis)));
    }

    void deliver(FrameBatch batch) {
        send(batch);
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

    private void publish(Message message) throws InterruptedException {
        hub.awaitRoom();
        publishes.acquire();
        hub.publish(topic, message).whenComplete((done, failure) -> {
            publishes.release();
            if (failure != null) {
                error(ErrorCode.RELAY_UNAVAILABLE, "not published: the relay is unavailable, please retry");
            }
        });
    }

    private void refuse(long now) {
        if (now - refusedSince > TimeUnit.SECONDS.toNanos(1)) {
            refused = 0;
        }
        refusedSince = now;
        refused++;
        String allowed = "allowed are " + limits.rate() + " messages a second";
        error(ErrorCode.RATE_LIMITED, allowed);
        if (refused > Math.max(REFUSALS, limits.rate())) {
            close(CloseCode.POLICY, "rate-limited: " + allowed);
        }
    }

    private void error(ErrorCode code, String message) {
        send(FrameBatch.of(new ServerFrame.ErrorFrame(code, message)));
    }

    private void send(FrameBatch batch) {
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
        hub.unsubscribe(this, topic);
        queue.end(closeFrame, discard);
    }
}
