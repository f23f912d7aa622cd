package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The relay within one process: the default of a single server, and the reference for what {@link Relay} promises.
 *
 * <p>A message is delivered on its publisher's thread, under the lock of its topic. That makes the one order, needs no
 * queue, and is short, since receivers only enqueue. All relays of one {@link MemoryBus} see each other's messages.
 */
public final class MemoryRelay implements Relay {
    private static final Logger LOG = System.getLogger("io.tidegate.relay");

    private final MemoryBus bus;
    private final Receiver receiver;
    private final Metrics metrics;
    private final Clock clock;
    private final Set<Topic> topics = ConcurrentHashMap.newKeySet();

    private volatile RelayStatus status = new RelayStatus.Up();

    /** A node's relay. */
    public MemoryRelay(MemoryBus bus, Receiver receiver, Metrics metrics, Clock clock) {
        this.bus = bus;
        this.receiver = receiver;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Position> publish(Topic topic, Message message, Optional<MessageId> id) {
        if (isClosed()) {
            metrics.relayErrors().increment();
            return closed();
        }
        Position position = bus.publish(topic, message, id);
        metrics.relayPublished().increment();
        return CompletableFuture.completedFuture(position);
    }

    @Override
    public CompletionStage<Void> subscribe(Topic topic) {
        topics.add(topic);
        bus.join(topic, this);
        // Looked at after joining: close() either sees the topic, or is seen here.
        if (isClosed()) {
            unsubscribe(topic);
            return closed();
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void unsubscribe(Topic topic) {
        topics.remove(topic);
        bus.leave(topic, this);
    }

    @Override
    public CompletionStage<Position> head(Topic topic) {
        return isClosed() ? closed() : CompletableFuture.completedFuture(bus.head(topic));
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int maxBytes) {
        return isClosed() ? closed() : CompletableFuture.completedFuture(bus.history(topic, after, maxBytes));
    }

    @Override
    public RelayStatus status() {
        return status;
    }

    @Override
    public void close() {
        if (!isClosed()) {
            status = new RelayStatus.Down(clock.nanoTime(), "closed");
        }
        topics.forEach(this::unsubscribe);
    }

    private boolean isClosed() {
        return status instanceof RelayStatus.Down;
    }

    private static <T> CompletionStage<T> closed() {
        return CompletableFuture.failedFuture(new RelayUnavailableException("the relay is closed"));
    }

    void deliver(Topic topic, Stretch stretch) {
        if (isClosed()) {
            return;
        }
        try {
            metrics.relayReceived().increment();
            metrics.relayLag().record(0);
            receiver.receive(topic, stretch);
        } catch (RuntimeException e) {
            // One node's defect must neither reach the publisher nor keep the message from the other nodes.
            LOG.log(Level.ERROR, "The receiver of topic " + topic + " failed", e);
        }
    }
}
