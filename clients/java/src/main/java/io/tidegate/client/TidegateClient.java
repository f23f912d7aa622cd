package io.tidegate.client;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client of a Tidegate fleet. It connects, and again whenever the connection is lost or its node leaves; subscriptions
 * go on behind their last message, each message is told once and in order, and whatever was published is sent again until
 * it is acknowledged.
 *
 * <p>Any thread may call it. Listeners are called on threads of {@link Options.Threads#listeners()}, one at a time. Those of
 * {@link Options.Threads#shared()} are daemon threads: they do not keep a process from ending, so wait for what you have
 * published.
 */
public final class TidegateClient implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final AtomicLong published = new AtomicLong();
    private final String idPrefix;
    private final Mailbox core = new Mailbox(Runnable::run);
    private final Mailbox listeners;
    private final PublishQueue publishQueue;
    private final Connector connector;
    private final Exchange exchange;
    private final Topics topics;
    private volatile State state = State.WAITING;

    /** The application's thread does what there is to do, and the rest happens on that of sockets and timers. */
    TidegateClient(Options options, Socket.Factory sockets, Timers timers, RandomGenerator random) {
        Executor executor = options.threads().listeners();
        Options.Hooks hooks = options.hooks();
        Socket.Factory traced = hooks.traces()
                .map(traces -> (Socket.Factory) new TracedSockets(sockets, traces))
                .orElse(sockets);
        idPrefix = Long.toUnsignedString(random.nextLong(), 36) + "-";
        listeners = new Mailbox(executor);
        publishQueue = new PublishQueue(options.bounds().unacknowledged(), executor, timers, core);
        connector = new Connector(options, traced, timers, random, core);
        exchange = new Exchange(
                publishQueue, connector, timers, listeners, options.bounds().undelivered());
        topics = new Topics(exchange, core, listeners, hooks.failures());
        core.post(() -> connector.start(
                exchange,
                change -> {
                    state = change.to();
                    listeners.post(() -> hooks.states().accept(change));
                },
                failure -> listeners.post(() -> hooks.tokenFailures().accept(failure))));
    }

    /** Begins to connect, and returns at once. What fails is tried again: see {@link Options.Hooks#states()}. */
    public static TidegateClient connect(Options options) {
        TidegateClient client = startClosed(options);
        client.reconnect();
        return client;
    }

    /**
     * A client that opens no connection before {@link #reconnect()}, and is {@link State#WAITING} until then. Topics can be
     * subscribed before; what is published waits.
     */
    public static TidegateClient startClosed(Options options) {
        return startClosed(
                options,
                HttpSocket.factory(Arguments.given("options", options).threads().http()));
    }

    /** The same by such sockets. */
    static TidegateClient startClosed(Options options, Socket.Factory sockets) {
        return new TidegateClient(options, sockets, Timers.of(options.threads().scheduler()), RANDOM);
    }

    /**
     * Connects now, whatever is waited for: a backoff, the {@code Retry-After} of a server, the end of {@link #startClosed}.
     * A connection that there is already is closed, and subscriptions and publishes go on over the new one.
     *
     * @throws ClientClosedException where the client is closed
     */
    public void reconnect() {
        requireOpen();
        core.post(connector::reconnect);
    }

    /**
     * Listens to a topic from now on; no longer than until {@link Subscription#close}. One topic may have many listeners.
     *
     * @throws IllegalArgumentException where no topic can be named so
     * @throws ClientClosedException where the client is closed
     */
    public Subscription subscribe(String topic, TopicListener listener) {
        return subscribe(topic, From.now(), listener);
    }

    /**
     * Listens to a topic, and gets first what was published behind a position; where history does not reach back so far,
     * {@link TopicListener#lost} is told. As {@link #subscribe(String, From, TopicListener)} with {@link From#after}.
     *
     * @param after a position of this topic, from {@link Message}, {@link Ack} or {@link Subscription}; null for none
     */
    public Subscription subscribe(String topic, @Nullable String after, TopicListener listener) {
        return subscribe(topic, From.after(after), listener);
    }

    /**
     * Listens to a topic from a place on.
     *
     * @throws IllegalArgumentException where no topic can be named so, or an argument is null
     * @throws IllegalStateException where this client listens to the topic already, and {@code from} is not
     *     {@link From#now()}: one more listener begins with what comes next
     * @throws ClientClosedException where the client is closed
     */
    public Subscription subscribe(String topic, From from, TopicListener listener) {
        Arguments.topic(topic);
        Arguments.given("from", from);
        Arguments.given("listener", listener);
        requireOpen();
        return topics.subscribe(topic, from, listener, null);
    }

    /**
     * As {@link #subscribe(String, From, TopicListener)}, and shows who is in the topic. A user who may not see it is refused the
     * topic, with {@code forbidden}.
     *
     * @throws IllegalStateException also where this client listens to the topic already, without presence
     */
    public Subscription subscribe(String topic, From from, TopicListener listener, PresenceListener presence) {
        Arguments.topic(topic);
        Arguments.given("from", from);
        Arguments.given("listener", listener);
        Arguments.given("presence", presence);
        requireOpen();
        return topics.subscribe(topic, from, listener, presence);
    }

    /** What this client listens to the topic with: of several the one that was there first; empty where there is none. */
    public Optional<Subscription> subscription(String topic) {
        Arguments.topic(topic);
        return topics.subscription(topic);
    }

    /** As {@link #publish(Publication)}. */
    public CompletableFuture<Ack> publish(String topic, String message) throws InterruptedException {
        return publish(Publication.of(topic, message));
    }

    /**
     * Publishes a message. Blocks while as many as {@link Options.Bounds#unacknowledged()} wait for their
     * acknowledgement, connected or not; publishes of one thread go out in their order, and no faster than the server
     * allows.
     *
     * @return done once the server keeps the message and will deliver it. It fails with {@link RefusedException} where
     *     trying again is of no use, with {@link ClientClosedException}, and with
     *     {@link java.util.concurrent.TimeoutException} after {@link Publication#within}; not because a connection is
     *     lost, unless the message is not kept. Once it is cancelled, or completed by you in any other way, the message is sent no more; it may have been
     *     published
     * @throws InterruptedException where the thread is interrupted while it waits; then nothing was published
     * @throws IllegalStateException where it would have to wait in a listener of this client, which would wait for ever
     * @throws ClientClosedException where the client is closed
     */
    public CompletableFuture<Ack> publish(Publication publication) throws InterruptedException {
        Arguments.given("publication", publication);
        requireOpen();
        if (!listeners.isRunning()) {
            publishQueue.takePlace();
        } else if (!publishQueue.tryPlace()) {
            throw new IllegalStateException(
                    "too many publishes wait for their acknowledgement, and a listener must not");
        }
        CompletableFuture<Ack> future = new CompletableFuture<>();
        String id = publication.id().orElseGet(() -> idPrefix + published.incrementAndGet());
        core.post(() -> exchange.publish(publication, id, future));
        return future;
    }

    public State state() {
        return state;
    }

    /** The name of the node that serves the client, for logs; empty while none does. */
    public Optional<String> node() {
        return Optional.ofNullable(connector.status().node());
    }

    /**
     * The user whose token the server has let in; empty while no node serves the client, for a client without a token, and on a
     * server that asks for none.
     */
    public Optional<String> user() {
        return connector.status().user();
    }

    /** Ends the client for good. What is not acknowledged fails; listeners may still be told of what has come before. */
    @Override
    public void close() {
        core.post(() -> connector.close("by the application"));
    }

    private void requireOpen() {
        if (state == State.CLOSED) {
            throw new ClientClosedException("nothing more can be done with it");
        }
    }
}
