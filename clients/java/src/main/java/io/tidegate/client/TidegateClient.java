package io.tidegate.client;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client of a Tidegate fleet. It connects, and again whenever the connection is lost or its node leaves; subscriptions
 * go on behind their last message, each message is told once and in order, and whatever was published is sent again until
 * it is acknowledged.
 *
 * <p>Any thread may call it. Listeners are called on threads of {@link Options.Threads#listeners()}, one at a time.
 */
public final class TidegateClient implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Set<String> topics = ConcurrentHashMap.newKeySet();
    private final AtomicLong published = new AtomicLong();
    private final String idPrefix;
    private final Mailbox core = new Mailbox(Runnable::run);
    private final Mailbox listeners;
    private final Outbox outbox;
    private final Connector connector;
    private final Exchange exchange;
    private volatile State state = State.WAITING;

    /** The application's thread does what there is to do, and the rest happens on that of sockets and timers. */
    TidegateClient(Options options, Socket.Factory sockets, Timers timers, RandomGenerator random) {
        Executor executor = options.threads().listeners();
        idPrefix = Long.toUnsignedString(random.nextLong(), 36) + "-";
        listeners = new Mailbox(executor);
        outbox = new Outbox(options.bounds().unacknowledged(), executor);
        connector = new Connector(options, sockets, timers, random, core);
        exchange = new Exchange(outbox, connector, listeners, options.bounds().undelivered());
        core.post(() -> connector.start(exchange, change -> {
            state = change.to();
            listeners.post(() -> options.states().accept(change));
        }));
    }

    /** Begins to connect, and returns at once. What fails is tried again: see {@link Options#states()}. */
    public static TidegateClient connect(Options options) {
        Options.Threads threads = options.threads();
        return new TidegateClient(options, HttpSocket.factory(threads.http()), Timers.of(threads.scheduler()), RANDOM);
    }

    /**
     * Listens to a topic from now on; no longer than until {@link Subscription#close}.
     *
     * @throws IllegalArgumentException where no topic can be named so
     * @throws IllegalStateException where this client listens to the topic already
     */
    public Subscription subscribe(String topic, TopicListener listener) {
        return begin(topic, null, listener);
    }

    /**
     * Listens to a topic, and gets first what was published behind a position; where history does not reach back so far,
     * {@link TopicListener#lost} is told.
     *
     * @param after a position of this topic, from {@link Message}, {@link Ack} or {@link Subscription}
     * @throws IllegalArgumentException where no topic can be named so
     * @throws IllegalStateException where this client listens to the topic already
     */
    public Subscription subscribe(String topic, String after, TopicListener listener) {
        return begin(topic, after, listener);
    }

    /** As {@link #publish(Publication)}. */
    public CompletableFuture<Ack> publish(String topic, String message) throws InterruptedException {
        return publish(Publication.of(topic, message));
    }

    /**
     * Publishes a message. Blocks while as many as {@link Options.Bounds#unacknowledged()} wait for their
     * acknowledgement, connected or not; publishes of one thread go out in their order.
     *
     * @return done once the server keeps the message and will deliver it. It fails with {@link RefusedException} where
     *     trying again is of no use, and with {@link ClientClosedException}; not because a connection is lost
     * @throws InterruptedException where the thread is interrupted while it waits; then nothing was published
     * @throws IllegalStateException where it would have to wait in a listener of this client, which would wait for ever
     */
    public CompletableFuture<Ack> publish(Publication publication) throws InterruptedException {
        if (!listeners.isRunning()) {
            outbox.takePlace();
        } else if (!outbox.tryPlace()) {
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
        return Optional.ofNullable(connector.node());
    }

    /** Ends the client. What is not acknowledged fails; listeners may still be told of what has come before. */
    @Override
    public void close() {
        core.post(() -> connector.close("by the application"));
    }

    private Subscription begin(String topic, @Nullable String after, TopicListener listener) {
        Json.requireTopic(topic);
        if (!topics.add(topic)) {
            throw new IllegalStateException("this client listens to " + topic + " already");
        }
        Feed feed = new Feed(topic, after, listener, listeners, this::end);
        core.post(() -> exchange.add(feed));
        return feed;
    }

    private void end(Feed feed) {
        topics.remove(feed.topic());
        core.post(() -> exchange.remove(feed));
    }
}
