package io.tidegate.client;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client of a Tidegate fleet. It connects, and reconnects whenever the connection is lost or its node leaves.
 * Subscriptions continue after their last message, each message is delivered once and in order, and publishes are sent
 * again until they are acknowledged.
 *
 * <p>Any thread may call it. Listeners are called on threads of {@link Options.Threads#listeners()}, one at a time. The
 * threads of {@link Options.Threads#shared()} are daemon threads. They do not keep the process alive, so wait for your
 * publishes before it ends.
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

    /** The application's thread does the work of its calls, and the threads of sockets and timers do the rest. */
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

    /** Starts to connect, and returns at once. A failure is retried: see {@link Options.Hooks#states()}. */
    public static TidegateClient connect(Options options) {
        TidegateClient client = startClosed(options);
        client.reconnect();
        return client;
    }

    /**
     * A client that opens no connection before {@link #reconnect()}, and is {@link State#WAITING} until then. Topics can
     * be subscribed before that. Publishes wait.
     */
    public static TidegateClient startClosed(Options options) {
        return startClosed(
                options,
                HttpSocket.factory(Arguments.given("options", options).threads().http()));
    }

    /** The same with these sockets. */
    static TidegateClient startClosed(Options options, Socket.Factory sockets) {
        return new TidegateClient(options, sockets, Timers.of(options.threads().scheduler()), RANDOM);
    }

    /**
     * Connects now, without waiting for a backoff, a server's {@code Retry-After}, or after {@link #startClosed}. An
     * existing connection is closed, and subscriptions and publishes continue on the new one.
     *
     * @throws ClientClosedException where the client is closed
     */
    public void reconnect() {
        requireOpen();
        core.post(connector::reconnect);
    }

    /**
     * Listens to a topic from now on, until {@link Subscription#close} at the latest. One topic may have many listeners.
     *
     * @throws IllegalArgumentException where this is not a valid topic
     * @throws ClientClosedException where the client is closed
     */
    public Subscription subscribe(String topic, TopicListener listener) {
        return subscribe(topic, From.now(), listener);
    }

    /**
     * Listens to a topic, and first gets what was published after a position. Where the history does not reach back to
     * the position, {@link TopicListener#lost} is called. Like {@link #subscribe(String, From, TopicListener)} with
     * {@link From#after}.
     *
     * @param after a position of this topic, from {@link Message}, {@link Ack} or {@link Subscription}; null for none
     */
    public Subscription subscribe(String topic, @Nullable String after, TopicListener listener) {
        return subscribe(topic, From.after(after), listener);
    }

    /**
     * Listens to a topic from a place on.
     *
     * @throws IllegalArgumentException where this is not a valid topic, or an argument is null
     * @throws IllegalStateException where this client already listens to the topic, and {@code from} is not {@link
     *     From#now()}: a further listener begins with what comes next
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
     * Like {@link #subscribe(String, From, TopicListener)}, and also shows the users in the topic. If the client's user
     * may not see them, the server refuses the subscription with {@code forbidden}.
     *
     * @throws IllegalStateException also where this client already listens to the topic without presence
     */
    public Subscription subscribe(String topic, From from, TopicListener listener, PresenceListener presence) {
        Arguments.topic(topic);
        Arguments.given("from", from);
        Arguments.given("listener", listener);
        Arguments.given("presence", presence);
        requireOpen();
        return topics.subscribe(topic, from, listener, presence);
    }

    /** This client's oldest open subscription of the topic; empty where there is none. */
    public Optional<Subscription> subscription(String topic) {
        Arguments.topic(topic);
        return topics.subscription(topic);
    }

    /** Like {@link #publish(Publication)}. */
    public CompletableFuture<Ack> publish(String topic, String message) throws InterruptedException {
        return publish(Publication.of(topic, message));
    }

    /**
     * Publishes a message. Blocks while {@link Options.Bounds#unacknowledged()} publishes wait for their acknowledgement,
     * connected or not. Publishes of one thread are sent in their order, and no faster than the server allows.
     *
     * @return completes when the server keeps the message and will deliver it. It fails with {@link RefusedException}
     *     where another try is useless, with {@link ClientClosedException}, and with {@link
     *     java.util.concurrent.TimeoutException} after {@link Publication#within}. A lost connection does not fail it,
     *     unless the message is not kept. If you cancel it, or complete it in any other way, the message is not sent any
     *     more; it may have been published
     * @throws InterruptedException where the thread is interrupted while it waits; then nothing was published
     * @throws IllegalStateException where the call would have to wait in a listener of this client, which would wait
     *     forever
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

    /** The name of the node that serves the client, for logs; empty while none serves. */
    public Optional<String> node() {
        return Optional.ofNullable(connector.status().node());
    }

    /**
     * The user of the token that the server has accepted. Empty while no node serves the client, for a client without a
     * token, and on a server that asks for no token.
     */
    public Optional<String> user() {
        return connector.status().user();
    }

    /** Closes the client for good. Unacknowledged publishes fail. Listeners may still get what came before. */
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
