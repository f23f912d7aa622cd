package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.Outbox.Waiting;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.redisson.config.Config;

/**
 * The relay through Redis (or Valkey): published to the topic's channel, and delivered when it comes back.
 *
 * <p>Nothing here waits. Publishes go to the {@link Outbox}, from which the {@link Flusher} takes them; topics to the
 * {@link Subscriptions}, whose worker subscribes them; messages arrive on threads of the link, those of a topic one after
 * the other. What is Redisson's own stands in {@link RedissonLink} and {@link RedissonConfig} and nowhere else.
 *
 * <p>Redis keeps nothing of a {@code PUBLISH} to a topic without history. So of what was carried there in the very moment in
 * which a link is lost, up to a batch may not have arrived at a node (Redis had answered the publisher, and not yet written to
 * the subscriber), and of what was reported as failed, up to a batch may arrive late where a Redis that hung goes on. For the
 * other topics {@code publish.lua} keeps a history, from which {@link Delivery} heals the first, and ids, by which a
 * publisher's second try is known as such.
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
    public RedisRelay(Settings settings, Receiver receiver, Metrics metrics, Clock clock) {
        this(opener(settings), settings.relay().prefix(), receiver, metrics, clock);
    }

    RedisRelay(Link.Opener opener, String prefix, Receiver receiver, Metrics metrics, Clock clock) {
        this.prefix = prefix;
        this.receiver = receiver;
        this.metrics = metrics;
        this.clock = clock;
        this.time = new EpochMicros(clock);
        this.subscriptions = new Subscriptions(this::keys, new ToReceiver());
        this.flusher = new Flusher(opener, prefix, outbox, subscriptions, metrics, clock);
        flusher.start();
    }

    private static Link.Opener opener(Settings settings) {
        Config config = RedissonConfig.of(settings.relay());
        return () -> RedissonLink.open(config, settings.history());
    }

    /** {@inheritDoc} What depends on the result runs on the flusher, which carries everybody's messages: be short. */
    @Override
    public CompletionStage<Position> publish(Topic topic, Message message, Optional<MessageId> id) {
        CompletableFuture<Position> done = new CompletableFuture<>();
        Link.Entry entry =
                new Link.Entry(id.map(MessageId::json).orElse(""), new Envelope(message, time.now()).encode());
        String refused = outbox.offer(new Waiting(topic, entry, clock.nanoTime(), done));
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
    public CompletionStage<Position> head(Topic topic) {
        return read(link -> link.attach(keys(topic), Optional.empty()));
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int maxBytes) {
        return read(link -> link.history(keys(topic), after, maxBytes));
    }

    private <T> CompletionStage<T> read(Function<Link, CompletionStage<T>> reading) {
        return subscriptions
                .link()
                .map(reading)
                .orElseGet(() -> CompletableFuture.failedFuture(new RelayUnavailableException("not connected")));
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

    private TopicKeys keys(Topic topic) {
        return new TopicKeys(prefix, topic);
    }

    private final class ToReceiver implements Delivery.Arrivals {
        @Override
        public void messages(Topic topic, Position first, List<Envelope> envelopes) {
            long now = time.now();
            for (Envelope envelope : envelopes) {
                metrics.relayLag().record(TimeUnit.MICROSECONDS.toNanos(Math.max(0, now - envelope.sentMicros())));
            }
            receive(topic, first, envelopes.stream().map(Envelope::message).toList());
        }

        @Override
        public void missed(Topic topic, Position first, History history) {
            receive(topic, first, history.messages());
        }

        @Override
        public void gap(Topic topic, Position position) {
            LOG.log(Level.WARNING, "Messages of topic {0} have been missed, and are not kept any more", topic);
            guarded(topic, () -> receiver.gap(topic, position));
        }

        @Override
        public void malformed(Topic topic) {
            metrics.relayErrors().increment();
        }

        private void receive(Topic topic, Position first, List<Message> messages) {
            metrics.relayReceived().add(messages.size());
            guarded(topic, () -> receiver.receive(topic, new Stretch(first, messages)));
        }

        private void guarded(Topic topic, Runnable call) {
            try {
                call.run();
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "The receiver of topic " + topic + " failed", e);
            }
        }
    }
}
