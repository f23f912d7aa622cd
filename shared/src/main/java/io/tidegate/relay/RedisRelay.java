package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.owner.Owner;
import io.tidegate.owner.Owners;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import io.tidegate.time.Rarely;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.redisson.config.Config;

/**
 * The relay through Redis (or Valkey). A message is published to the topic's channel, and is delivered when it comes
 * back on the channel.
 *
 * <p>This class is the shell around two kinds of owners: one {@link Uplink}, which has the link and the publishes, and
 * for each topic a {@link TopicDelivery}. Callers, and the threads of the link, only post to the owners. All code
 * specific to Redisson is in {@link RedissonLink} and {@link RedissonConfig}.
 *
 * <p>Redis keeps nothing of a {@code PUBLISH} to a topic without history. So a lost link has two effects on the
 * messages of that moment. Up to one batch may not arrive at a node: Redis had answered the publisher, and had not yet
 * written to the subscriber. And up to one batch that was reported as failed may arrive late, where a Redis that hung
 * continues. For the other topics {@code publish.lua} keeps a history and ids. {@link TopicDelivery} gets the missing
 * messages from the history. By the id a publisher's second try is recognized.
 *
 * <p>One class, although long: it implements {@link Relay} and only passes calls to the owners.
 */
public final class RedisRelay implements Relay {
    private static final Logger LOG = System.getLogger("io.tidegate.relay");

    /** How often the limits for Redis are checked. */
    private static final Duration TICK = Duration.ofMillis(50);

    /** Deliveries end sooner, unless the machine is very busy. */
    private static final long CLOSING_MILLIS = 1_800;

    private final String prefix;
    private final Receiver receiver;
    private final Metrics metrics;
    private final EpochMicros time;
    private final Clock clock;
    private final Rarely strangers = new Rarely();
    private final KnownPositions known = new KnownPositions();
    private final Uplink uplink;
    private final LossLog losses = new LossLog();
    private volatile @Nullable Thread ticker;

    /**
     * Starts to connect in the background.
     *
     * @param owners runs the uplink and the topics
     * @throws IllegalArgumentException if a file that the settings name cannot be used
     */
    public RedisRelay(Settings settings, Owners owners, Receiver receiver, Metrics metrics, Clock clock) {
        // Two nodes must not use the same probe channel, so the names come from the system's randomness.
        this(opener(settings), settings.relay().prefix(), owners, new SecureRandom(), receiver, metrics, clock);
        startTicking();
    }

    /**
     * A relay that starts no thread. Its work is done by each {@link #tick} and by the events that the links post. It
     * connects with the first tick.
     *
     * @param random used only by the uplink's steps
     */
    RedisRelay(
            Link.Opener opener,
            String prefix,
            Owners owners,
            RandomGenerator random,
            Receiver receiver,
            Metrics metrics,
            Clock clock) {
        this.prefix = prefix;
        this.receiver = receiver;
        this.metrics = metrics;
        this.clock = clock;
        this.time = new EpochMicros(clock);
        this.uplink = new Uplink(
                new Uplink.Parts(opener, prefix, known, random, metrics, clock),
                owners,
                topic -> delivery(topic, owners));
    }

    private Owner<TopicEvent> delivery(Topic topic, Owners owners) {
        return TopicDelivery.of(keys(topic), new ToReceiver(topic), known, this::post, owners);
    }

    private void post(UplinkEvent event) {
        uplink.post(event);
    }

    /** Starts the thread that ticks until {@link #close}. To be called once. */
    void startTicking() {
        ticker = Thread.ofVirtual().name("tidegate-relay-tick").start(() -> {
            try {
                while (true) {
                    tick();
                    Thread.sleep(TICK);
                }
            } catch (InterruptedException e) {
                // Closed.
            }
        });
    }

    /** Makes the relay check its time limits; call it every 50 ms. One thread. */
    void tick() {
        losses.tick(clock.nanoTime());
        uplink.post(new UplinkEvent.Tick());
    }

    private static Link.Opener opener(Settings settings) {
        Config config = RedissonConfig.of(settings.relay());
        return () -> RedissonLink.open(config, settings);
    }

    @Override
    public CompletionStage<Position> publish(Topic topic, Message message, Optional<MessageId> id) {
        return publish(topic, topic.hasHistory(), message, id);
    }

    @Override
    public CompletionStage<Position> pass(Topic topic, Message message) {
        return publish(topic, false, message, Optional.empty());
    }

    private CompletionStage<Position> publish(Topic topic, boolean kept, Message message, Optional<MessageId> id) {
        CompletableFuture<Position> done = new CompletableFuture<>();
        // Checked before posting, so that the inbox does not fill during an outage. The uplink checks again.
        if (status() instanceof RelayStatus.Down down) {
            metrics.relayErrors().increment();
            done.completeExceptionally(new RelayUnavailableException(down.reason()));
            return done;
        }
        Link.Entry entry =
                new Link.Entry(id.map(MessageId::json).orElse(""), new Envelope(message, time.now()).encode());
        uplink.post(new UplinkEvent.Publish(topic, kept, entry, done));
        return done;
    }

    @Override
    public CompletionStage<Void> subscribe(Topic topic) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        uplink.post(new UplinkEvent.Subscribe(topic, ready));
        return ready;
    }

    @Override
    public void unsubscribe(Topic topic) {
        uplink.post(new UplinkEvent.Unsubscribe(topic));
    }

    @Override
    public CompletionStage<Position> head(Topic topic) {
        return read(link -> link.attach(keys(topic), known.of(topic)).thenApply(found -> {
            known.learned(topic, found.head());
            return found.head();
        }));
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int maxBytes) {
        return read(link -> link.history(keys(topic), after, maxBytes).thenApply(found -> noted(topic, found)));
    }

    @Override
    public CompletionStage<History> last(Topic topic, int messages, int maxBytes) {
        return read(link -> link.last(keys(topic), messages, maxBytes)
                .thenCompose(found -> found.reaches()
                        ? CompletableFuture.completedFuture(found)
                        : lastAttached(link, topic, messages, maxBytes))
                .thenApply(found -> noted(topic, found)));
    }

    /** Redis keeps nothing yet from which the position of an empty topic could be made. */
    private CompletableFuture<History> lastAttached(Link link, Topic topic, int messages, int maxBytes) {
        return link.attach(keys(topic), known.of(topic))
                .thenCompose(attached -> link.last(keys(topic), messages, maxBytes))
                .thenCompose(found -> found.reaches()
                        ? CompletableFuture.completedFuture(found)
                        : CompletableFuture.failedFuture(
                                new RelayUnavailableException("Redis has lost its data during a read")));
    }

    /**
     * Notes the position before the caller gets the history. The topic's delivery may not have got these messages yet.
     */
    private History noted(Topic topic, History found) {
        known.learned(topic, found.last());
        return found;
    }

    @Override
    public CompletionStage<PresenceAnswer> presence(Topic topic, PresenceReport report) {
        CompletableFuture<PresenceAnswer> done = new CompletableFuture<>();
        uplink.post(new UplinkEvent.Presence(topic, report, done));
        return done;
    }

    private <T> CompletionStage<T> read(Function<Link, CompletionStage<T>> reading) {
        return uplink.link()
                .map(reading)
                .orElseGet(() -> CompletableFuture.failedFuture(new RelayUnavailableException("not connected")));
    }

    @Override
    public Optional<Owner<?>> owner() {
        return Optional.of(uplink.owner());
    }

    @Override
    public RelayStatus status() {
        return uplink.status();
    }

    /** {@inheritDoc} A relay that starts no thread returns at once. */
    @Override
    public void close() {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        uplink.post(new UplinkEvent.Close(ended));
        Thread ticking = ticker;
        if (ticking != null) {
            ticking.interrupt();
            await(ended);
        }
    }

    private static void await(CompletableFuture<Void> ended) {
        try {
            ended.get(CLOSING_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.log(
                    Level.WARNING,
                    "The relay is closed, but may still deliver messages, because it did not end in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TopicKeys keys(Topic topic) {
        return new TopicKeys(prefix, topic);
    }

    /** If a method throws, this message of the topic is lost: see {@link TopicDelivery#failed}. */
    private final class ToReceiver implements TopicDelivery.Arrivals {
        private final Topic topic;

        ToReceiver(Topic topic) {
            this.topic = topic;
        }

        @Override
        public void messages(Position first, List<Envelope> envelopes) {
            long now = time.now();
            for (Envelope envelope : topic.isClients() ? envelopes : List.<Envelope>of()) {
                metrics.relayLag().record(TimeUnit.MICROSECONDS.toNanos(Math.max(0, now - envelope.sentMicros())));
            }
            receive(first, envelopes.stream().map(Envelope::message).toList());
        }

        @Override
        public void missed(Position first, History history) {
            receive(first, history.messages());
        }

        @Override
        public void gap(Position position) {
            losses.lost();
            receiver.gap(topic, position);
        }

        @Override
        public void presence(PresenceChange change) {
            receiver.presence(topic, change);
        }

        @Override
        public void attached(boolean watched) {
            receiver.attached(topic, watched);
        }

        @Override
        public void malformed() {
            metrics.relayErrors().increment();
            if (strangers.isTime(clock.nanoTime())) {
                LOG.log(Level.WARNING, "Dropped data for topic {0} that no node has sent", topic);
            }
        }

        private void receive(Position first, List<Message> messages) {
            metrics.relayReceived().add(topic.isClients() ? messages.size() : 0);
            receiver.receive(topic, new Segment(first, messages));
        }
    }
}
