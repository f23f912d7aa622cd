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
 * <p><b>Owners.</b> The runtime's reading thread owns what has been read and how fast that may be: it calls {@link #receive},
 * {@link #ping}, {@link #pong}, {@link #closedByPeer} and at last {@link #ended}. The write loop owns what is sent and
 * subscribed to ({@link Subscriber}), and alone sets {@link #closeCode}. The tick owns the heartbeat's schedule. They share
 * no lock: each posts to the write loop, and reads of the others what has one writer.
 *
 * <p><b>Order of an end.</b> Either side begins with a close frame. After ours nothing follows, since the queue ends
 * with it; what the peer sent before it saw ours is still taken. When both frames have passed, the runtime closes TCP,
 * as RFC 6455 section 7.1.1 asks of a server. A peer that does not answer is cut at {@link Vitals#CLOSE_TIMEOUT_NANOS}. Only
 * {@link #ended}, which the runtime calls wherever its reading ends, takes the connection off the books, so a peer that
 * vanishes without a word cannot leak.
 */
public final class Connection {
    private static final int OPEN = 0;

    private static final System.Logger LOG = System.getLogger(Connection.class.getName());

    private final long number;
    private final long since;
    private final Hub hub;
    private final LoopInbox loop;
    private final Wire wire;

    /** Where a publish goes that names no topic: the first one of the handshake. */
    private final Optional<Topic> home;

    private final Transport transport;
    private final Subscriber subscriber;
    private final Admission.Permit permit;
    private final Optional<Refusal> refusal;
    private final AuthSession session;
    private final Allowance allowance;
    private final Pace pace;
    private final PublishShare share;
    private final Turns turns;
    private final Vitals vitals;

    /** Frames on their way through the write loop, which those that are published past it must not overtake. */
    private final AtomicInteger asked = new AtomicInteger();

    /** {@link #OPEN}, or the code of the side that closed first. */
    private volatile int closeCode = OPEN;

    /** Of who waits until the topic of a wire without positions is carried. */
    private volatile @Nullable CountDownLatch carried;

    Connection(Hub hub, Transport transport, Peer peer) {
        this.number = hub.nextConnection();
        this.since = hub.clock().epochMillis();
        this.hub = hub;
        this.loop = hub.loops().enter(peer.topics());
        this.wire = peer.wire();
        this.home = peer.topics().stream().findFirst();
        this.transport = transport;
        this.permit = peer.permit();
        this.refusal = peer.refusal();
        this.session = new AuthSession(peer.identity(), hub.access(), hub.clock());
        this.subscriber = hub.subscriber(this, loop.loop(), transport, peer.compression());
        // A peer that is answered is slowed down; one that is not has no other sign than an error.
        this.allowance = Allowance.of(wire.resumes() ? 0 : limits().rate());
        this.pace = new Pace(wire.resumes() ? limits().rate() : 0);
        this.share = new PublishShare(hub.publishRoom());
        this.turns = new Turns(hub.backlog(), share);
        this.vitals = new Vitals(hub.attention(), hub.clock().nanoTime(), hub.heartbeat());
    }

    /** Whose this is, where connections are counted together. */
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
            // Until something comes for the topic, which wakes the loop, nobody sees the difference.
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

    /** One line of this connection's life, by the name that its client knows. */
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

    /** Waits, for so long at most, until what is published from now on reaches this connection. */
    void awaitCarried(long millis) throws InterruptedException {
        CountDownLatch latch = carried;
        // Mostly somebody subscribes to the topic already: to wait for the loop would be two wake-ups for each
        // handshake.
        if (latch != null && !isCarried() && !latch.await(millis, TimeUnit.MILLISECONDS)) {
            debug(() -> "connected before its topic was subscribed");
        }
        carried = null;
    }

    private boolean isCarried() {
        return home.filter(loop.loop().audiences()::carries).isPresent();
    }

    /** Its topic is carried. From the write loop. */
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
            loop.owner().postQuietly(opened); // nothing waits yet
        }
    }

    /** Takes a data message, and waits until the next may be read. */
    public void receive(Message message) throws InterruptedException {
        take(message);
        turns.await();
        pace.await();
    }

    /** Answers a ping with its payload (RFC 6455, section 5.5.3), and waits until the next frame may be read. */
    public void ping(byte[] payload) throws InterruptedException {
        pong();
        turns.use(false);
        post(new LoopEvent.Pong(this, FrameBatch.of(Opcode.PONG, payload)));
        turns.await();
    }

    /** A sign of life. */
    public void pong() {
        vitals.heard(hub.attention());
    }

    /** Whether a frame may be read now; for a reading thread that does not want to wait. */
    public boolean mayBeRead() {
        return turns.mayRead() && pace.mayRead();
    }

    /** Takes a data message. Waits for nothing: only for who has seen {@link #mayBeRead}. */
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
        answer(error(ErrorCode.RATE_LIMITED, allowance.text(), frame.about(home)));
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
                turns.use(true);
                ask(subscribe.topic(), subscribe);
            }
            case ClientFrame.Unsubscribe unsubscribe -> {
                turns.use(false);
                ask(unsubscribe.topic(), unsubscribe);
            }
            case ClientFrame.Ping ping -> answer(FrameBatch.of(new ServerFrame.Pong()));
            case ClientFrame.Token token -> renew(token.token());
            case ClientFrame.Invalid invalid -> answer(error(invalid.code(), invalid.message(), invalid.about()));
        }
    }

    private void publish(ClientFrame.Publish publish) {
        Optional<Topic> topic = publish.topic().or(() -> home);
        if (topic.isEmpty()) {
            answer(error(
                    ErrorCode.INVALID_FRAME, "publish without \"topic\", and the URL names none", publish.about(home)));
            return;
        }
        turns.use(true);
        if (asked.get() == 0) {
            publish(topic.get(), publish);
        } else {
            ask(topic.get(), publish);
        }
    }

    /** Checks a token, on the reading thread, which may wait for the source of the keys. */
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
     * A frame that went through the write loop has been answered, or was handed on.
     *
     * @param turn whether the peer may send another one for it
     */
    void answered(boolean turn) {
        asked.getAndDecrement();
        if (turn) {
            giveTurn();
        }
    }

    /** The peer may send one frame more. Any thread. */
    void giveTurn() {
        turns.giveBack();
    }

    /** Any thread that has the right to this topic's order: the reading one, or the write loop for what came through it. */
    void publish(Topic topic, ClientFrame.Publish publish) {
        if (!identity().rights().mayPublish(topic)) {
            metrics().publishes(Source.CLIENT, Outcome.FORBIDDEN).increment();
            String message = "publishing to this topic is not allowed";
            post(new LoopEvent.Published(this, error(ErrorCode.FORBIDDEN, message, publish.about(home))));
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
                        publish.about(home));
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

    /** Gives a message to the relay, and counts it until that has answered; most relays in memory do so at once. */
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
        turns.use(false);
        post(new LoopEvent.Send(this, frames, true));
    }

    /**
     * The peer's close frame has come: answers it, unless it is itself the answer, and waits until ours is out. The
     * runtime then closes TCP.
     *
     * @param code the peer's, 1005 where it gave none
     */
    public void closedByPeer(int code) throws InterruptedException {
        peerCloses(code);
        awaitClosed();
    }

    /** The same without waiting. */
    public void peerCloses(int code) {
        FrameBatch frame = code == 1005 ? FrameBatch.of(Opcode.CLOSE, new byte[0]) : FrameBatch.close(code, "");
        post(new LoopEvent.Close(this, code, "", frame, false));
    }

    /**
     * Begins the closing handshake, once: what waits is still sent, then the close frame. A peer that was closed for
     * being too slow gets nothing but the close frame. Any thread.
     */
    public void close(CloseCode code, String reason) {
        FrameBatch frame = FrameBatch.close(code.code(), reason);
        post(new LoopEvent.Close(this, code.code(), reason, frame, code == CloseCode.OVERLOAD));
    }

    /** Waits until the close frame is out, or cannot be sent, but no longer than a peer may take to answer it. */
    public void awaitClosed() throws InterruptedException {
        CountDownLatch out = new CountDownLatch(1);
        whenClosed(out::countDown);
        boolean ignored = out.await(Vitals.CLOSE_TIMEOUT_NANOS, TimeUnit.NANOSECONDS);
    }

    /** Tells, from the write loop, when the close frame is out, or cannot be sent. */
    public void whenClosed(Runnable told) {
        post(new LoopEvent.AwaitFinished(this, told));
    }

    /** True soon after the first close frame, ours or the peer's. */
    public boolean closing() {
        return closeCode != OPEN;
    }

    /** It is closed as a slow consumer. From the write loop, once. */
    void tooSlow() {
        hub.slowConsumers().closed(name());
    }

    /**
     * The closing handshake has begun. From the write loop, once.
     *
     * @param reason as the peer is told it; empty where the peer closes
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

    /** TCP is gone. The runtime calls this last, whatever happened; only the first call counts. */
    public void ended() {
        if (hub.remove(this)) {
            permit.close();
            loop.leave();
            post(new LoopEvent.Ended(this));
        }
    }

    /** Nothing is left of it. From the write loop, once. */
    void offTheBooks() {
        int code = closeCode == OPEN ? 1006 : closeCode;
        closeCode = code;
        debug(() -> "ended with " + code + " after " + (hub.clock().epochMillis() - since) + " ms");
        metrics().connectionsClosed(code).increment();
        CountDownLatch latch = carried;
        if (latch != null) {
            latch.countDown();
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

    /** Heartbeat, reaper and close timeout; one thread for all connections. */
    void tick(long now, long attention, Heartbeat heartbeat) {
        pace.tick(now);
        if (session.isOver(now) && !closing()) {
            refuse(new Refusal(ErrorCode.TOKEN_EXPIRED, "the token has expired", CloseCode.TOKEN));
        }
        // What a peer says that is not read lies in its socket; but not to read what it is sent is its own fault.
        boolean blocked = subscriber.queue().isBlocked();
        boolean unread = turns.areUsedUp() && !blocked;
        switch (vitals.look(attention, now, unread, blocked, transport.restTaken(), heartbeat)) {
            case NOTHING -> {
                // Nor is anything to be said.
            }
            case HEARTBEAT -> send(heartbeat.frames());
            case CLOSE -> close(CloseCode.INTERNAL, "no sign of life");
            case STALLED -> post(new LoopEvent.Stalled(this));
            case CUT -> abort();
        }
    }

    private void send(FrameBatch frames) {
        post(new LoopEvent.Send(this, frames, false));
    }

    /** Unlike that of any other connection of the fleet. */
    public String name() {
        return hub.name() + ":" + this;
    }

    /** When it was opened, in milliseconds since the epoch. */
    long since() {
        return since;
    }

    /** By its number, so that a simulation meets connections in the same order again. */
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

    /** To its write loop. Any thread. */
    void post(LoopEvent event) {
        loop.post(event);
    }

    Wire wire() {
        return wire;
    }

    /** {@code sub} of the peer's token; empty where it has brought none. Any thread. */
    public Optional<String> user() {
        return identity().user();
    }

    /** Who the peer is now. Any thread. */
    Identity identity() {
        return session.identity();
    }

    Subscriber subscriber() {
        return subscriber;
    }

    Settings.Limits limits() {
        return hub.settings().limits();
    }

    /** Grows by what is read from it. Any thread. */
    public Counter bytesReceived() {
        return metrics().bytesReceived();
    }

    /** A message of so many bytes came compressed. Any thread. */
    public void inflated(int deflated, int plain) {
        metrics().compressionReceived(Form.DEFLATED).add(deflated);
        metrics().compressionReceived(Form.PLAIN).add(plain);
    }

    Metrics metrics() {
        return hub.metrics();
    }
}
