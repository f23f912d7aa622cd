package io.tidegate.relay;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.Outbox.Waiting;
import io.tidegate.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.redisson.config.Config;

/**
 * The relay through Redis (or Valkey): a {@code PUBLISH} to the topic's channel, delivered when it comes back.
 *
 * <p>Nothing here waits. Publishes go to the {@link Outbox}, from which the {@link Flusher} takes them; topics to the
 * {@link Subscriptions}, whose worker subscribes them; messages arrive on threads of the link, those of a topic one after
 * the other. What is Redisson's own stands in {@link RedissonLink} and {@link RedissonConfig} and nowhere else.
 */
public final class RedisRelay implements Relay {
    private static final Logger LOG = System.getLogger("io.tidegate.relay");

    private final String prefix;
    private final Receiver receiver;
    private final RelayCounters counters;
    private final Clock clock;
    private final EpochMicros time;
    private final Outbox outbox = new Outbox("not connected yet");
    private final Subscriptions subscriptions;
    private final Flusher flusher;

    /**
     * Where Redis is.
     *
     * @param urls with scheme, host and port, without credentials. One {@code redis} or {@code rediss}: a single server;
     *     several: nodes of a cluster; {@code redis+sentinel}: the sentinels, with the master's name as their path
     * @param config a Redisson YAML file instead, or empty
     * @param prefix begins the name of every channel
     * @param ca the certificates that a {@code rediss} server's must lead to, in PEM form; else those of the JVM
     */
    public record Options(
            List<URI> urls,
            String config,
            Optional<String> username,
            Optional<String> password,
            String prefix,
            Optional<Path> ca) {
        public Options {
            urls = List.copyOf(urls);
            if (urls.isEmpty() == config.isEmpty()) {
                throw new IllegalArgumentException("either URLs or a configuration file");
            }
        }

        /** Without secrets. */
        @Override
        public String toString() {
            return "Options[urls=" + urls + ", config=" + config + ", prefix=" + prefix + "]";
        }
    }

    /**
     * Starts to connect, in the background.
     *
     * @throws IllegalArgumentException where a file that the options name cannot be used
     */
    public RedisRelay(Options options, Receiver receiver, RelayCounters counters, Clock clock) {
        this(opener(options), options.prefix(), receiver, counters, clock);
    }

    RedisRelay(Link.Opener opener, String prefix, Receiver receiver, RelayCounters counters, Clock clock) {
        this.prefix = prefix;
        this.receiver = receiver;
        this.counters = counters;
        this.clock = clock;
        this.time = new EpochMicros(clock);
        this.subscriptions = new Subscriptions(this::channel, this::deliver);
        this.flusher = new Flusher(opener, prefix, outbox, subscriptions, counters, clock);
        flusher.start();
    }

    private static Link.Opener opener(Options options) {
        Config config = RedissonConfig.of(options);
        return () -> RedissonLink.open(config);
    }

    /** {@inheritDoc} What depends on the result runs on the flusher, which carries everybody's messages: be short. */
    @Override
    public CompletionStage<Void> publish(Topic topic, Message message) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        byte[] bytes = new Envelope(message, time.now()).encode();
        String refused = outbox.offer(new Waiting(channel(topic), bytes, clock.nanoTime(), done));
        if (refused != null) {
            counters.addErrors(1);
            done.completeExceptionally(new RelayUnavailableException(refused));
        }
        return done;
    }

    @Override
    public CompletionStage<Void> subscribe(Topic topic) {
        return subscriptions.subscribe(topic);
    }

    @Override
    public void unsubscribe(Topic topic) {
        subscriptions.unsubscribe(topic);
    }

    @Override
    public RelayStatus status() {
        return flusher.status();
    }

    @Override
    public void close() {
        subscriptions.close();
        flusher.close();
    }

    /** The braces let a cluster keep all that belongs to a topic on one node. */
    private String channel(Topic topic) {
        return prefix + ":topic:{" + topic.name() + "}";
    }

    private void deliver(Topic topic, byte[] bytes) {
        try {
            Optional<Envelope> arrived = Envelope.decode(bytes);
            if (arrived.isEmpty()) {
                counters.addErrors(1);
                return;
            }
            Envelope envelope = arrived.get();
            counters.addReceived(1);
            long lagMicros = Math.max(0, time.now() - envelope.sentMicros());
            receiver.receive(topic, envelope.message(), TimeUnit.MICROSECONDS.toNanos(lagMicros));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "The receiver of topic " + topic + " failed", e);
        }
    }
}
