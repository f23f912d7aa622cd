package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.Outbox.Waiting;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
 *
 * <p>Redis keeps nothing of a {@code PUBLISH}. So of what was carried in the very moment in which a link is lost, up to a
 * batch may not have arrived at a node (Redis had answered the publisher, and not yet written to the subscriber), and of what
 * was reported as failed, up to a batch may arrive late where a Redis that hung goes on. Only a history heals that.
 */
public final class RedisRelay implements Relay {
    private static final Logger LOG = System.getLogger("io.tidegate.relay");

    private final String prefix;
    private final Receiver receiver;
    private final Metrics metrics;
    private final Clock clock;
    private final EpochMicros time;
    private final Outbox outbox = new Outbox("not connected yet");
    private final Subscriptions subscriptions;
    private final Flusher flusher;

    /**
     * Starts to connect, in the background.
     *
     * @throws IllegalArgumentException where a file that the settings name cannot be used
     */
    public RedisRelay(Settings.Relay settings, Receiver receiver, Metrics metrics, Clock clock) {
        this(opener(settings), settings.prefix(), receiver, metrics, clock);
    }

    RedisRelay(Link.Opener opener, String prefix, Receiver receiver, Metrics metrics, Clock clock) {
        this.prefix = prefix;
        this.receiver = receiver;
        this.metrics = metrics;
        this.clock = clock;
        this.time = new EpochMicros(clock);
        this.subscriptions = new Subscriptions(this::channel, this::deliver);
        this.flusher = new Flusher(opener, prefix, outbox, subscriptions, metrics, clock);
        flusher.start();
    }

    private static Link.Opener opener(Settings.Relay settings) {
        Config config = RedissonConfig.of(settings);
        return () -> RedissonLink.open(config);
    }

    /** {@inheritDoc} What depends on the result runs on the flusher, which carries everybody's messages: be short. */
    @Override
    public CompletionStage<Void> publish(Topic topic, Message message) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        byte[] bytes = new Envelope(message, time.now()).encode();
        String refused = outbox.offer(new Waiting(channel(topic), bytes, clock.nanoTime(), done));
        if (refused != null) {
            metrics.relayErrors().increment();
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
                metrics.relayErrors().increment();
                return;
            }
            Envelope envelope = arrived.get();
            metrics.relayReceived().increment();
            long lagMicros = Math.max(0, time.now() - envelope.sentMicros());
            receiver.receive(topic, envelope.message(), TimeUnit.MICROSECONDS.toNanos(lagMicros));
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "The receiver of topic " + topic + " failed", e);
        }
    }
}
