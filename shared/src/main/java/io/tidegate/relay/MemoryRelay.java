package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Topic;
import io.tidegate.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The relay within one process: the default of a single server, and the reference for what {@link Relay} promises.
 *
 * <p>A message is delivered on its publisher's thread, under the lock of its topic. That makes the one order, needs no
 * queue, and is short, since receivers only enqueue. All relays of one {@link Bus} see each other's messages.
 */
public final class MemoryRelay implements Relay {
    private static final Logger LOG = System.getLogger("io.tidegate.relay");

    private final Bus bus;
    private final Receiver receiver;
    private final Metrics metrics;
    private final Clock clock;
    private final Set<Topic> topics = ConcurrentHashMap.newKeySet();

    private volatile RelayStatus status = new RelayStatus.Up();

    /** A node's relay. */
    public MemoryRelay(Bus bus, Receiver receiver, Metrics metrics, Clock clock) {
        this.bus = bus;
        this.receiver = receiver;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Void> publish(Topic topic, Message message) {
        if (isClosed()) {
            metrics.relayErrors().increment();
            return closed();
        }
        bus.publish(topic, message);
        metrics.relayPublished().increment();
        return CompletableFuture.completedFuture(null);
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

    private static CompletionStage<Void> closed() {
        return CompletableFuture.failedFuture(new RelayUnavailableException("the relay is closed"));
    }

    private void deliver(Topic topic, Message message) {
        if (isClosed()) {
            return;
        }
        try {
            metrics.relayReceived().increment();
            receiver.receive(topic, message, 0);
        } catch (RuntimeException e) {
            // One node's defect must neither reach the publisher nor keep the message from the other nodes.
            LOG.log(Level.ERROR, "The receiver of topic " + topic + " failed", e);
        }
    }

    /** What the nodes of one process share. */
    public static final class Bus {
        private final Map<Topic, Room> rooms = new ConcurrentHashMap<>();

        private void join(Topic topic, MemoryRelay relay) {
            rooms.compute(topic, (key, existing) -> {
                Room room = existing == null ? new Room() : existing;
                room.relays.add(relay);
                return room;
            });
        }

        private void leave(Topic topic, MemoryRelay relay) {
            rooms.computeIfPresent(topic, (key, room) -> {
                room.relays.remove(relay);
                return room.relays.isEmpty() ? null : room;
            });
        }

        private void publish(Topic topic, Message message) {
            Room room = rooms.get(topic);
            if (room == null) {
                return;
            }
            room.lock.lock();
            try {
                for (MemoryRelay relay : room.relays) {
                    relay.deliver(topic, message);
                }
            } finally {
                room.lock.unlock();
            }
        }

        /** The nodes that subscribe to one topic, and the lock that orders its messages. */
        private static final class Room {
            private final ReentrantLock lock = new ReentrantLock();
            private final Set<MemoryRelay> relays = new CopyOnWriteArraySet<>();
        }
    }
}
