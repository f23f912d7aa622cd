package io.tidegate.hub;

import io.tidegate.access.Identity;
import io.tidegate.access.Verdict;
import io.tidegate.metrics.Counter;
import io.tidegate.metrics.Metrics;
import io.tidegate.metrics.Metrics.Form;
import io.tidegate.metrics.Metrics.Outcome;
import io.tidegate.metrics.Metrics.Received;
import io.tidegate.metrics.Metrics.Source;
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
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One peer, from its handshake to the end of its TCP connection.
 *
 * <p><b>Owners.</b> The runtime's reading thread owns what has been read and how fast the peer may be read: it calls
 * {@link #receive}, {@link #ping}, {@link #pong}, {@link #closedByPeer} and at last {@link #ended}. The write loop owns
 * what is sent and subscribed to ({@link Subscriber}), and is the only writer of {@link #closeCode}. The tick owns the
 * heartbeat's schedule. They share no lock: each posts to the write loop, and reads only those fields of the others that
 * have one writer.
 *
 * <p><b>Order of an end.</b> Either side begins with a close frame. Nothing follows our close frame, because the queue
 * ends with it. Frames that the peer sent before it saw our close frame are still taken. When both close frames have
 * passed, the runtime closes TCP, as RFC 6455 section 7.1.1 asks of a server. A peer that does not answer is cut after
 * {@link Vitals#CLOSE_TIMEOUT_NANOS}. Only {@link #ended} removes the connection from the hub. The runtime calls it
 * wherever its reading ends, so a peer that disappears without a close frame does not leak.
 *
 * <p>One class, although long: the reading thread, the write loop and the tick all use this state, and who may use what
 * is said in one place.
 */
public final class Connection {
    private static final int OPEN = 0;

    private static final System.Logger LOG = System.getLogger(Connection.class.getName());

    private final long number;
    private final long since;
    private final Hub hub;
    private final LoopInbox loop;
    private final Wire wire;

    /** The topic of a publish that names none: the first topic of the handshake. */
    private final Optional<Topic> defaultTopic;

    private final Transport transport;
    private final Subscriber subscriber;
    private final Admission.Permit permit;
    private final Optional<Refusal> refusal;
    private final AuthSession session;
    private final Allowance allowance;
    private final Pace pace;
    private final PublishShare share;
    private final AnswerCredits credits;
    private final Vitals vitals;

    /**
     * The number of frames that go through the write loop. A publish that does not go through the loop must not overtake
     * them.
     */
    private final AtomicInteger asked = new AtomicInteger();

    /** {@link #OPEN}, or the code of the side that closed first. */
    private volatile int closeCode = OPEN;

    /** Where the wire has no positions: what the handshake waits for until the relay delivers the topic. */
    private volatile @Nullable CountDownLatch carried;

    Connection(Hub hub, Transport transport, Peer peer) {
        this.number = hub.nextConnection();
        this.since = hub.clock().epochMillis();
        this.hub = hub;
        this.loop = hub.loops().enter(peer.topics());
        this.wire = peer.wire();
        this.defaultTopic = peer.topics().stream().findFirst();
        this.transport = transport;
        this.permit = peer.permit();
        this.refusal = peer.refusal();
        this.session = new AuthSession(peer.identity(), hub.access(), hub.clock());
        this.subscriber = hub.subscriber(this, loop.loop(), transport, peer.compression());
        // A peer whose frames are answered is slowed down. A peer whose frames are not answered notices nothing but an
        // error.
        this.allowance = Allowance.of(wire.resumes() ? 0 : limits().rate());
        this.pace = new Pace(wire.resumes() ? limits().rate() : 0);
        this.share = new PublishShare(hub.publishRoom());
        this.credits = new AnswerCredits(hub.backlog(), share);
        this.vitals = new Vitals(hub.attention(), hub.clock().nanoTime(), hub.heartbeat());
    }

    /** The client for which connections are counted together. */
    Object client() {
        return permit.client();
    }

    /** Greets the peer and subscribes to its topics. */
    void begin(List<Topic> topics) {
        debug(() -> "opened, " + speech() + ", "
                + user().map(name -> "user " + name).orElse("no user"));
        if (refusal.isPresent()) {
            refuse(refusal.get());
            return;
        }
        if (wire.resumes()) {
            post(new LoopEvent.Send(this, FrameBatch.of(welcome()), false));
            asked.addAndGet(topics.size());
        } else {
            carried = new CountDownLatch(1);
        }
        LoopEvent began = new LoopEvent.Began(this, topics);
        if (carried != null && isCarried()) {
            // The client notices no difference before a message for the topic comes, and a message wakes the loop.
            loop.owner().postQuietly(began);
        } else {
            post(began);
        }
    }

    private String speech() {
        if (wire.resumes()) {
            return "tidegate.v1";
        }
        return wire.equals(Wire.BROADCAST) ? "broadcast" : "chat";
    }

    /** Logs one line of this connection's life, with the name that its client knows. */
    void debug(Supplier<String> event) {
        if (LOG.isLoggable(Level.DEBUG)) {
            LOG.log(Level.DEBUG, name() + " " + event.get());
        }
    }

    private void refuse(Refusal refused) {
        metrics().errorFrames(refused.code().wire()).increment();
        send(FrameBatch.of(new ServerFrame.ErrorFrame(refused.code(), refused.message(), About.NOTHING)));
        close(refused.close(), refused.message());
    }

    /** Waits, at most this long, until what is published from now on reaches this connection. */
    void awaitCarried(long millis) throws InterruptedException {
        CountDownLatch latch = carried;
        // Mostly the topic has a subscriber already. To wait for the loop would cost two wake-ups for each handshake.
        if (latch != null && !isCarried() && !latch.await(millis, TimeUnit.MILLISECONDS)) {
            debug(() -> "connected before its topic was subscribed");
        }
        carried = null;
    }

    private boolean isCarried() {
        return defaultTopic.filter(loop.loop().audiences()::carries).isPresent();
    }

    /** The relay delivers the topic of this connection. From the write loop. */
    void subscribed() {
        CountDownLatch latch = carried;
        if (latch != null) {
            latch.countDown();
        }
    }

    private ServerFrame.Welcome welcome() {
        Settings settings = hub.settings();
        return new ServerFrame.Welcome(
                name(),
                settings.server().node(),
                settings.peers().heartbeat().toMillis(),
                new ServerFrame.Limits(limits().message(), limits().topics(), limits().queue(), limits().rate()),
                identity().user(),
                session.expiresInMs());
    }

    /** The handshake's answer is on the socket: frames may follow. */
    public void opened() {
        LoopEvent opened = new LoopEvent.Opened(this);
        if (wire.resumes()) {
            post(opened);
        } else {
            loop.owner().postQuietly(opened); // no frame waits yet
        }
    }

    /** Takes a data message, and waits until the next message may be read. */
    public void receive(Message message) throws InterruptedException {
        take(message);
        credits.await();
        pace.await();
    }

    /** Answers a ping with its payload (RFC 6455, section 5.5.3), and waits until the next frame may be read. */
    public void ping(byte[] payload) throws InterruptedException {
        pong();
        credits.use(false);
        post(new LoopEvent.Pong(this, FrameBatch.of(Opcode.PONG, payload)));
        credits.await();
    }

    /** The peer has given a sign of life. */
    public void pong() {
        vitals.heard(hub.attention());
    }

    /** Whether a frame may be read now. For a reading thread that does not want to wait. */
    public boolean mayBeRead() {
        return credits.mayRead() && pace.mayRead();
    }

    /** Takes a data message without waiting. Only for a thread that has checked {@link #mayBeRead}. */
    public void take(Message message) {
        pong();
        pace.read(hub.clock().nanoTime());
        Allowance.Verdict verdict = allowance.judge(hub.clock().nanoTime());
        if (verdict == Allowance.Verdict.IGNORED) {
            metrics().received(Received.RATE_LIMITED).increment();
            return;
        }
        ClientFrame frame = wire.decode(message, hub.clock().epochMillis(), session.author());
        if (verdict == Allowance.Verdict.ALLOWED) {
            metrics().received(kind(frame)).increment();
            take(frame);
            return;
        }
        metrics().received(Received.RATE_LIMITED).increment();
        answer(error(ErrorCode.RATE_LIMITED, allowance.text(), frame.about(defaultTopic)));
        if (verdict == Allowance.Verdict.CLOSED) {
            close(CloseCode.POLICY, "rate-limited: " + allowance.text());
        }
    }

    private static Received kind(ClientFrame frame) {
        return switch (frame) {
            case ClientFrame.Publish publish -> Received.PUBLISH;
            case ClientFrame.Subscribe subscribe -> Received.SUBSCRIBE;
            case ClientFrame.Unsubscribe unsubscribe -> Received.UNSUBSCRIBE;
            case ClientFrame.Ping ping -> Received.PING;
            case ClientFrame.Token token -> Received.TOKEN;
            case ClientFrame.Invalid invalid -> Received.INVALID;
        };
    }

    private void take(ClientFrame frame) {
        switch (frame) {
            case ClientFrame.Publish publish -> publish(publish);
            case ClientFrame.Subscribe subscribe -> {
                credits.use(true);
                ask(subscribe.topic(), subscribe);
            }
            case ClientFrame.Unsubscribe unsubscribe -> {
                credits.use(false);
                ask(unsubscribe.topic(), unsubscribe);
            }
            case ClientFrame.Ping ping -> answer(FrameBatch.of(new ServerFrame.Pong()));
            case ClientFrame.Token token -> renew(token.token());
            case ClientFrame.Invalid invalid -> answer(error(invalid.code(), invalid.message(), invalid.about()));
        }
    }

    private void publish(ClientFrame.Publish publish) {
        Optional<Topic> topic = publish.topic().or(() -> defaultTopic);
        if (topic.isEmpty()) {
            answer(error(
                    ErrorCode.INVALID_FRAME,
                    "publish without \"topic\", and the URL names none",
                    publish.about(defaultTopic)));
            return;
        }
        credits.use(true);
        if (asked.get() == 0) {
            publish(topic.get(), publish);
        } else {
            ask(topic.get(), publish);
        }
    }

    /** Checks a token on the reading thread, which may wait for the source of the keys. */
    private void renew(String token) {
        switch (session.renew(token)) {
            case Verdict.Accepted accepted -> {
                post(new LoopEvent.Restricted(this, accepted.identity().rights()));
                long left = session.expiresInMs().orElse(0);
                answer(FrameBatch.of(new ServerFrame.Token(left)));
            }
            case Verdict.Refused refused -> answer(error(ErrorCode.INVALID_TOKEN, refused.message(), About.TOKEN));
        }
    }

    private void ask(Topic topic, ClientFrame frame) {
        asked.getAndIncrement();
        post(new LoopEvent.Asked(this, topic, frame));
    }

    /**
     * A frame that went through the write loop has been answered or passed on.
     *
     * @param turn whether the peer may send another frame in exchange
     */
    void answered(boolean turn) {
        asked.getAndDecrement();
        if (turn) {
            giveTurn();
        }
    }

    /** The peer may send one more frame. Any thread. */
    void giveTurn() {
        credits.giveBack();
    }

    /**
     * Publishes, on a thread that may decide the topic's order: the reading thread, or the write loop for a frame that
     * came through the loop.
     */
    void publish(Topic topic, ClientFrame.Publish publish) {
        if (!identity().rights().mayPublish(topic)) {
            metrics().publishes(Source.CLIENT, Outcome.FORBIDDEN).increment();
            String message = "publishing to this topic is not allowed";
            post(new LoopEvent.Published(this, error(ErrorCode.FORBIDDEN, message, publish.about(defaultTopic))));
            return;
        }
        metrics().messagesReceived().increment();
        var unused = carry(topic, publish).whenComplete((position, failure) -> {
            metrics()
                    .publishes(Source.CLIENT, failure == null ? Outcome.PUBLISHED : Outcome.UNAVAILABLE)
                    .increment();
            FrameBatch answer = null;
            if (failure != null) {
                answer = error(
                        ErrorCode.RELAY_UNAVAILABLE,
                        "not published: the relay is unavailable, please retry",
                        publish.about(defaultTopic));
            } else if (publish.id().isPresent()) {
                answer = FrameBatch.of(new ServerFrame.Ack(publish.id().get(), topic, position));
            }
            if (answer == null) {
                giveTurn();
            } else {
                post(new LoopEvent.Published(this, answer));
            }
        });
    }

    /**
     * Gives a message to the relay, and counts its bytes until the relay has answered. Most in-memory relays answer at
     * once.
     */
    private CompletionStage<Position> carry(Topic topic, ClientFrame.Publish publish) {
        CompletableFuture<Position> carried =
                hub.publish(topic, publish, session.author()).toCompletableFuture();
        if (carried.isDone()) {
            return carried;
        }
        int bytes = publish.message().payload().length;
        share.add(bytes);
        return carried.whenComplete((position, failure) -> share.remove(bytes));
    }

    private FrameBatch error(ErrorCode code, String message, About about) {
        metrics().errorFrames(code.wire()).increment();
        About told = wire.resumes() ? about : About.NOTHING;
        return FrameBatch.of(new ServerFrame.ErrorFrame(code, message, told));
    }

    /** Answers the frame that was read last. */
    private void answer(FrameBatch frames) {
        credits.use(false);
        post(new LoopEvent.Send(this, frames, true));
    }

    /**
     * The peer's close frame has come. Answers it, unless it is itself an answer, and waits until our close frame is
     * written. The runtime then closes TCP.
     *
     * @param code the peer's close code; 1005 where the peer gave none
     */
    public void closedByPeer(int code) throws InterruptedException {
        peerCloses(code);
        awaitClosed();
    }

    /** Like {@link #closedByPeer}, without waiting. */
    public void peerCloses(int code) {
        FrameBatch frame = code == 1005 ? FrameBatch.of(Opcode.CLOSE, new byte[0]) : FrameBatch.close(code, "");
        post(new LoopEvent.Close(this, code, "", frame, false));
    }

    /**
     * Begins the closing handshake, once: what waits in the queue is sent first, then the close frame. A peer that is
     * closed because it is too slow gets only the close frame. Any thread.
     */
    public void close(CloseCode code, String reason) {
        FrameBatch frame = FrameBatch.close(code.code(), reason);
        post(new LoopEvent.Close(this, code.code(), reason, frame, code == CloseCode.OVERLOAD));
    }

    /** Waits until the close frame is written or cannot be sent, at most for the time that a peer may take to answer. */
    public void awaitClosed() throws InterruptedException {
        CountDownLatch out = new CountDownLatch(1);
        whenClosed(out::countDown);
        boolean ignored = out.await(Vitals.CLOSE_TIMEOUT_NANOS, TimeUnit.NANOSECONDS);
    }

    /** Calls back, from the write loop, when the close frame is written or cannot be sent. */
    public void whenClosed(Runnable told) {
        post(new LoopEvent.AwaitFinished(this, told));
    }

    /** True soon after the first close frame, which may be ours or the peer's. */
    public boolean closing() {
        return closeCode != OPEN;
    }

    /** The connection is closed as a slow consumer. From the write loop, once. */
    void tooSlow() {
        hub.slowConsumers().closed(name());
    }

    /**
     * The closing handshake has begun. From the write loop, once.
     *
     * @param reason the close frame's reason; empty where the peer closes
     */
    void closing(int code, String reason) {
        debug(() -> reason.isEmpty() ? "closed by its peer, " + code : "closing, " + code + ": " + reason);
        vitals.closing(hub.attention());
        closeCode = code;
    }

    /** Cuts TCP; {@link #ended} follows from the reading thread. */
    public void abort() {
        hub.guarded(this, transport::abort);
    }

    /** TCP is gone. The runtime calls this last, in every case. Only the first call counts. */
    public void ended() {
        if (hub.remove(this)) {
            permit.close();
            loop.leave();
            post(new LoopEvent.Ended(this));
        }
    }

    /** Nothing of the connection is left. From the write loop, once. */
    void recordEnd() {
        int code = closeCode == OPEN ? 1006 : closeCode;
        closeCode = code;
        debug(() -> "ended with " + code + " after " + (hub.clock().epochMillis() - since) + " ms");
        metrics().connectionsClosed(code).increment();
        CountDownLatch latch = carried;
        if (latch != null) {
            latch.countDown();
        }
    }

    /** Tells the peer that this connection will end. */
    public void announceShutdown(long reconnectAfterMillis) {
        send(FrameBatch.of(new ServerFrame.ServerShutdown(reconnectAfterMillis)));
    }

    /** Whether this peer reconnects by itself to another node, and resumes there. */
    public boolean resumes() {
        return wire.resumes();
    }

    /** Runs the heartbeat, the idle check and the close timeout. One thread runs it for all connections. */
    void tick(long now, long attention, Heartbeat heartbeat) {
        pace.tick(now);
        if (session.isOver(now) && !closing()) {
            refuse(new Refusal(ErrorCode.TOKEN_EXPIRED, "the token has expired", CloseCode.TOKEN));
        }
        // A peer that is not read may have frames in its socket, so its silence is excused. A peer that does not read
        // what it is sent is not excused.
        boolean blocked = subscriber.queue().isBlocked();
        boolean unread = credits.areUsedUp() && !blocked;
        switch (vitals.look(attention, now, unread, blocked, transport.restTaken(), heartbeat)) {
            case NOTHING -> {
                // Neither is there anything to send.
            }
            case HEARTBEAT -> send(heartbeat.frames());
            case CLOSE -> close(CloseCode.INTERNAL, "the client does not respond");
            case STALLED -> post(new LoopEvent.Stalled(this));
            case CUT -> abort();
        }
    }

    private void send(FrameBatch frames) {
        post(new LoopEvent.Send(this, frames, false));
    }

    /** The connection's name, unique in the fleet. */
    public String name() {
        return hub.name() + ":" + this;
    }

    /** When it was opened, in milliseconds since the epoch. */
    long since() {
        return since;
    }

    /** Hashes the number, so that a simulation meets connections in the same order again. */
    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public String toString() {
        return "c-" + number;
    }

    /** Posts to the connection's write loop. Any thread. */
    void post(LoopEvent event) {
        loop.post(event);
    }

    Wire wire() {
        return wire;
    }

    /** {@code sub} of the peer's token; empty where the peer has no token. Any thread. */
    public Optional<String> user() {
        return identity().user();
    }

    /** The peer's identity now. Any thread. */
    Identity identity() {
        return session.identity();
    }

    Subscriber subscriber() {
        return subscriber;
    }

    Settings.Limits limits() {
        return hub.settings().limits();
    }

    /** Counts the bytes that are read from the peer. Any thread. */
    public Counter bytesReceived() {
        return metrics().bytesReceived();
    }

    /** A compressed message has come, with its size before and after inflating. Any thread. */
    public void inflated(int deflated, int plain) {
        metrics().compressionReceived(Form.DEFLATED).add(deflated);
        metrics().compressionReceived(Form.PLAIN).add(plain);
    }

    Metrics metrics() {
        return hub.metrics();
    }
}
