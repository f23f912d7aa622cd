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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The relay within one process: the default of a single server, and the reference for what {@link Relay} promises.
 *
 * <p>All relays of one {@link MemoryBus} get each other's messages. The bus's owner delivers the messages one after the
 * other, which makes one order. A delivery is short, because receivers only enqueue. If the owner is idle, it delivers
 * on the caller's thread, before the call returns.
 */
public final class MemoryRelay implements Relay {
    private static final Logger LOG = System.getLogger("io.tidegate.relay");

    private final MemoryBus bus;
    private final Receiver receiver;
    private final Metrics metrics;
    private final Clock clock;

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
        return publish(topic, topic.hasHistory(), message, id);
    }

    @Override
    public CompletionStage<Position> pass(Topic topic, Message message) {
        return publish(topic, false, message, Optional.empty());
    }

    private CompletionStage<Position> publish(Topic topic, boolean kept, Message message, Optional<MessageId> id) {
        if (isClosed()) {
            metrics.relayErrors().increment();
            return closed();
        }
        CompletionStage<Position> done = bus.publish(topic, kept, message, id);
        if (topic.isClients()) {
            metrics.relayPublished().increment();
        }
        return done;
    }

    @Override
    public CompletionStage<Void> subscribe(Topic topic) {
        return bus.join(topic, this);
    }

    @Override
    public void unsubscribe(Topic topic) {
        var unused = bus.leave(topic, this);
    }

    @Override
    public CompletionStage<Position> head(Topic topic) {
        return isClosed() ? closed() : bus.head(topic);
    }

    @Override
    public CompletionStage<History> history(Topic topic, Position after, int maxBytes) {
        return isClosed() ? closed() : bus.history(topic, after, maxBytes);
    }

    @Override
    public CompletionStage<History> last(Topic topic, int messages, int maxBytes) {
        return isClosed() ? closed() : bus.last(topic, messages, maxBytes);
    }

    @Override
    public CompletionStage<PresenceAnswer> presence(Topic topic, PresenceReport report) {
        return isClosed() ? closed() : bus.presence(topic, report);
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
        var unused = bus.leaveAll(this);
    }

    boolean isClosed() {
        return status instanceof RelayStatus.Down;
    }

    private static <T> CompletionStage<T> closed() {
        return CompletableFuture.failedFuture(new RelayUnavailableException("the relay is closed"));
    }

    /** Called by the bus, one message at a time. */
    void deliver(Topic topic, Segment segment) {
        tell(topic, () -> {
            if (topic.isClients()) {
                metrics.relayReceived().increment();
                metrics.relayLag().record(0);
            }
            receiver.receive(topic, segment);
        });
    }

    /** Called by the bus, in the same order. */
    void deliver(Topic topic, PresenceChange change) {
        tell(topic, () -> receiver.presence(topic, change));
    }

    /** Called by the bus: messages and presence changes arrive from now on. */
    void attached(Topic topic, boolean watched) {
        tell(topic, () -> receiver.attached(topic, watched));
    }

    private void tell(Topic topic, Runnable told) {
        if (isClosed()) {
            return;
        }
        try {
            told.run();
        } catch (RuntimeException e) {
            // A defect of one node must not reach the publisher, and must not keep the message from the other nodes.
            LOG.log(Level.ERROR, "The receiver of topic " + topic + " failed", e);
        }
    }
}
