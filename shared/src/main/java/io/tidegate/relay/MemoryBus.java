package io.tidegate.relay;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.settings.Settings;
import io.tidegate.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * What the {@link MemoryRelay}s of one process share: who subscribes to which topic, and the topics' history.
 *
 * <p>All history together is bounded, since clients choose the topics: whoever publishes beyond that makes room in its own
 * topic.
 */
public final class MemoryBus {
    /** Of the heap, for history. */
    private static final int SHARE = 4;

    /** Between two looks for what is too old. */
    private static final long SWEEP_NANOS = Duration.ofMinutes(1).toNanos();

    private final Settings.History settings;
    private final Clock clock;
    private final long maxBytes;
    private final ConcurrentHashMap<Topic, Room> rooms = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong sweptAt;

    /** A bus without topics. */
    public MemoryBus(Settings.History settings, Clock clock) {
        this(settings, clock, Runtime.getRuntime().maxMemory() / SHARE);
    }

    MemoryBus(Settings.History settings, Clock clock, long maxBytes) {
        this.settings = settings;
        this.clock = clock;
        this.maxBytes = maxBytes;
        this.sweptAt = new AtomicLong(clock.nanoTime());
    }

    /** One topic: the nodes that subscribe to it, its log, and the lock that orders its messages. */
    private static final class Room {
        private final ReentrantLock lock = new ReentrantLock();
        private final Set<MemoryRelay> relays = new CopyOnWriteArraySet<>();
        private final MemoryLog log;

        Room(MemoryLog log) {
            this.log = log;
        }
    }

    void join(Topic topic, MemoryRelay relay) {
        rooms.compute(topic, (key, existing) -> {
            Room room = existing == null ? newRoom() : existing;
            room.relays.add(relay);
            return room;
        });
    }

    void leave(Topic topic, MemoryRelay relay) {
        Room room = rooms.get(topic);
        if (room != null) {
            room.relays.remove(relay);
        }
    }

    Position publish(Topic topic, Message message, Optional<MessageId> id) {
        Position position = in(topic, room -> {
            Position known = room.log.positionOf(id);
            if (known != null) {
                return known;
            }
            Position next = topic.hasHistory() ? append(room.log, message, id) : Position.NONE;
            Stretch stretch = Stretch.of(next, message);
            room.relays.forEach(relay -> relay.deliver(topic, stretch));
            return next;
        });
        sweep();
        return position;
    }

    Position head(Topic topic) {
        return in(topic, room -> room.log.head());
    }

    History history(Topic topic, Position after, int max) {
        return in(topic, room -> room.log.after(after, max, clock.nanoTime()));
    }

    private Room newRoom() {
        return new Room(new MemoryLog(settings, clock.nanoTime()));
    }

    /** Under the topic's lock; a room that was swept away meanwhile is replaced. */
    private <T> T in(Topic topic, Function<Room, T> action) {
        while (true) {
            Room room = rooms.computeIfAbsent(topic, key -> newRoom());
            room.lock.lock();
            long before = room.log.bytes();
            try {
                if (rooms.get(topic) == room) {
                    return action.apply(room);
                }
            } finally {
                bytes.addAndGet(room.log.bytes() - before);
                room.lock.unlock();
            }
        }
    }

    private Position append(MemoryLog log, Message message, Optional<MessageId> id) {
        long others = bytes.get() - log.bytes();
        Position position = log.append(message, id, clock.nanoTime());
        while (others + log.bytes() > maxBytes && log.dropOldest()) {
            // The next oldest.
        }
        return position;
    }

    /** Drops what is too old, once in a while, on the thread of a publisher. */
    private void sweep() {
        long last = sweptAt.get();
        long now = clock.nanoTime();
        if (now - last < SWEEP_NANOS || !sweptAt.compareAndSet(last, now)) {
            return;
        }
        for (Topic topic : rooms.keySet()) {
            in(topic, room -> {
                room.log.expire(now);
                // Joining is atomic in the same way.
                return rooms.computeIfPresent(
                        topic, (key, present) -> room.relays.isEmpty() && room.log.isForgotten(now) ? null : present);
            });
        }
    }
}
