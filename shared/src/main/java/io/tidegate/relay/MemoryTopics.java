package io.tidegate.relay;

import io.tidegate.owner.Owner;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link MemoryBus}: the topics' logs, their subscribers, and the count of the bytes. Its owner runs its
 * steps.
 *
 * <p>The count of the bytes has a limit, because clients choose the topics and what they publish. A topic that holds
 * more than an equal share drops its own oldest data. Otherwise the topic whose last message is the oldest is
 * forgotten. A client that comes back to a forgotten topic is told of a gap.
 *
 * <p>One class, although long: topics, subscribers and the count of the bytes change together in every step.
 */
final class MemoryTopics implements Owner.Step<MemoryTopics.Event> {
    /** The largest number of expired topics that one event handles, so that no event takes long. */
    private static final int EXPIRED_AT_ONCE = 16;

    /** An event, with the future that completes when the event is handled. */
    sealed interface Event {
        CompletableFuture<?> done();
    }

    record Publish(Topic topic, boolean kept, Message message, Optional<MessageId> id, CompletableFuture<Position> done)
            implements Event {}

    record Join(Topic topic, MemoryRelay relay, CompletableFuture<Void> done) implements Event {}

    record Leave(Topic topic, MemoryRelay relay, CompletableFuture<Void> done) implements Event {}

    /** The relay leaves all topics. */
    record LeaveAll(MemoryRelay relay, CompletableFuture<Void> done) implements Event {}

    record Head(Topic topic, CompletableFuture<Position> done) implements Event {}

    record Read(Topic topic, Position after, int maxBytes, CompletableFuture<History> done) implements Event {}

    record Last(Topic topic, int messages, int maxBytes, CompletableFuture<History> done) implements Event {}

    record Presence(Topic topic, PresenceReport report, CompletableFuture<PresenceAnswer> done) implements Event {}

    record Measure(CompletableFuture<Usage> done) implements Event {}

    /**
     * What is kept.
     *
     * @param topics the number of topics that have a log
     * @param bytes the counted bytes of all logs
     */
    record Usage(int topics, long bytes) {}

    private final Retention retention;
    private final long maxBytes;
    private final Clock clock;
    private final RandomGenerator random;
    private final long start;
    private final String birth;
    private final MemoryPresence presence;

    /**
     * Each list is replaced, never changed, so that a receiver that leaves during a delivery does not disturb the
     * delivery.
     */
    private final Map<Topic, List<MemoryRelay>> subscribers = new HashMap<>();

    /** The logs with messages or ids, in the order of their last message, so that logs expire from the front. */
    private final SequencedMap<Topic, MemoryLog> fresh = new LinkedHashMap<>();

    /** The logs with only their count, in the same order. */
    private final SequencedMap<Topic, MemoryLog> idle = new LinkedHashMap<>();

    private long bytes;

    /**
     * When the youngest of the forgotten logs was born: a topic that was empty before that time may have had messages
     * since.
     */
    private long forgotten = -1;

    MemoryTopics(RelayTimes times, long maxBytes, Clock clock, RandomGenerator random) {
        this.retention = times.retention();
        this.presence = new MemoryPresence(times.presence(), () -> Retention.newEpoch(random));
        this.maxBytes = maxBytes;
        this.clock = clock;
        this.random = random;
        this.start = clock.nanoTime();
        this.birth = EmptyPosition.birth(Retention.newEpoch(random));
    }

    @Override
    public void step(Event event) {
        switch (event) {
            case Publish publish -> publish.done.complete(publish(publish));
            case Join join -> join(join);
            case Leave leave -> {
                leave(leave.topic, leave.relay);
                leave.done.complete(null);
            }
            case LeaveAll leave -> {
                List.copyOf(subscribers.keySet()).forEach(topic -> leave(topic, leave.relay));
                leave.done.complete(null);
            }
            case Head head -> {
                MemoryLog log = log(head.topic);
                head.done.complete(log == null ? empty() : log.head());
            }
            case Read read -> read.done.complete(read(read));
            case Last last -> last.done.complete(last(last));
            case Presence asked -> asked.done.complete(presence(asked));
            case Measure measure -> measure.done.complete(new Usage(fresh.size() + idle.size(), bytes));
        }
    }

    @Override
    public void failed(Event event, Throwable defect) {
        event.done().completeExceptionally(new RelayUnavailableException("a defect of the relay"));
    }

    private void join(Join join) {
        if (join.relay.isClosed()) {
            join.done.completeExceptionally(new RelayUnavailableException("the relay is closed"));
            return;
        }
        List<MemoryRelay> before = subscribers.getOrDefault(join.topic, List.of());
        if (!before.contains(join.relay)) {
            List<MemoryRelay> after = new ArrayList<>(before);
            after.add(join.relay);
            subscribers.put(join.topic, List.copyOf(after));
        }
        if (join.topic.hasHistory()) {
            join.relay.attached(join.topic, presence.isWatched(join.topic));
        }
        join.done.complete(null);
    }

    private PresenceAnswer presence(Presence asked) {
        return presence.report(asked.topic, asked.report, clock.epochMillis(), change -> {
            List<MemoryRelay> told = subscribers.getOrDefault(asked.topic, List.of());
            told.forEach(relay -> relay.deliver(asked.topic, change));
            return told.size();
        });
    }

    private void leave(Topic topic, MemoryRelay relay) {
        List<MemoryRelay> after = subscribers.getOrDefault(topic, List.of()).stream()
                .filter(other -> other != relay)
                .toList();
        if (after.isEmpty()) {
            subscribers.remove(topic);
        } else {
            subscribers.put(topic, after);
        }
    }

    private Position publish(Publish publish) {
        Topic topic = publish.topic;
        Position position = Position.NONE;
        if (publish.kept) {
            long now = clock.nanoTime();
            expire(now);
            MemoryLog log = log(topic);
            Position known = log == null ? null : log.positionOf(publish.id, now);
            if (known != null) {
                return known;
            }
            position = append(topic, log, publish, now);
        }
        Segment segment = Segment.of(position, publish.message);
        for (MemoryRelay relay : subscribers.getOrDefault(topic, List.of())) {
            relay.deliver(topic, segment);
        }
        return position;
    }

    private Position append(Topic topic, @Nullable MemoryLog known, Publish publish, long now) {
        MemoryLog log = known;
        if (log == null) {
            log = new MemoryLog(retention, Retention.newEpoch(random), millis());
        } else {
            bytes -= size(topic, log);
            idle.remove(topic);
        }
        Position position = log.append(publish.message, publish.id, now);
        bytes += size(topic, log);
        fresh.putLast(topic, log);
        makeRoom(topic, log);
        return position;
    }

    private void makeRoom(Topic topic, MemoryLog log) {
        while (bytes > maxBytes) {
            bytes -= size(topic, log);
            boolean dropped = size(topic, log) > maxBytes / (fresh.size() + idle.size()) && log.dropOldest();
            bytes += size(topic, log);
            if (!dropped) {
                forgetFirst(idle.isEmpty() ? fresh : idle);
            }
        }
    }

    private void forgetFirst(SequencedMap<Topic, MemoryLog> logs) {
        Map.Entry<Topic, MemoryLog> first = logs.pollFirstEntry();
        if (first != null) {
            bytes -= size(first.getKey(), first.getValue());
            forgotten = Math.max(forgotten, first.getValue().born());
        }
    }

    /** Expires logs. The maps are in the order of the last messages, so the expired logs are in front. */
    private void expire(long now) {
        for (int i = 0; i < EXPIRED_AT_ONCE && isOver(fresh, retention.ids().toNanos(), now); i++) {
            Map.Entry<Topic, MemoryLog> first = fresh.pollFirstEntry();
            MemoryLog log = first.getValue();
            bytes -= size(first.getKey(), log);
            log.expire(now);
            bytes += size(first.getKey(), log);
            idle.putLast(first.getKey(), log);
        }
        for (int i = 0; i < EXPIRED_AT_ONCE && isOver(idle, retention.state().toNanos(), now); i++) {
            forgetFirst(idle);
        }
    }

    private static boolean isOver(SequencedMap<Topic, MemoryLog> logs, long nanos, long now) {
        Map.Entry<Topic, MemoryLog> first = logs.firstEntry();
        return first != null && now - first.getValue().lastAppend() > nanos;
    }

    private History read(Read read) {
        long now = clock.nanoTime();
        MemoryLog log = log(read.topic);
        Optional<EmptyPosition> empty = EmptyPosition.of(read.after);
        if (empty.isEmpty()) {
            return log == null ? History.LOST : measured(read.topic, log, read.after, read.maxBytes, now);
        }
        long millis = empty.get().millis();
        boolean isComplete = empty.get().birth().equals(birth) && millis > forgotten;
        if (!isComplete || (log != null && log.born() < millis)) {
            return History.LOST;
        }
        return log == null
                ? History.none(read.after)
                : measured(read.topic, log, new Position(log.head().epoch(), 0), read.maxBytes, now);
    }

    private History last(Last last) {
        long now = clock.nanoTime();
        MemoryLog log = log(last.topic);
        if (log == null) {
            return History.none(empty());
        }
        log.expire(now);
        return measured(last.topic, log, log.head().plus(-Math.min(last.messages, log.size())), last.maxBytes, now);
    }

    /** Reads, and updates the count of the bytes: the reading can expire messages and ids. */
    private History measured(Topic topic, MemoryLog log, Position after, int maxBytes, long now) {
        bytes -= size(topic, log);
        History history = log.after(after, maxBytes, now);
        bytes += size(topic, log);
        return history;
    }

    private @Nullable MemoryLog log(Topic topic) {
        MemoryLog log = fresh.get(topic);
        return log == null ? idle.get(topic) : log;
    }

    /** The position, now, of a topic of which nothing is kept. */
    private Position empty() {
        return new EmptyPosition(birth, millis()).position();
    }

    private static long size(Topic topic, MemoryLog log) {
        return log.bytes() + topic.name().length();
    }

    private long millis() {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - start);
    }
}
