package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the scripts make of a Redis, in plain Java and with a time that is set: for simulations. {@code ModelRedisTest} holds
 * it to a real one. Who gets what it publishes is not its business. Not for several threads.
 */
final class ModelRedis {
    /**
     * What a publish did.
     *
     * @param positions as the publisher is told them
     * @param packet what goes to the subscribers of the channel; none where all was known
     */
    record Published(String channel, List<Position> positions, Optional<byte[]> packet) {}

    /** All that is held at some time. */
    record Snapshot(Map<TopicKeys, Keys> topics, Map<Object, String> births) {}

    private record Entry(long offset, byte[] envelope, long before) {}

    /** The keys of one topic; one that does not exist is null. */
    private static final class Keys {
        private @Nullable State state;
        private @Nullable Deque<Entry> log;
        private @Nullable Map<String, Long> ids;
        private @Nullable Map<String, Long> older;
        private long stateEnds = Long.MAX_VALUE;
        private long logEnds = Long.MAX_VALUE;
        private long idsEnd = Long.MAX_VALUE;

        Keys copy() {
            Keys copy = new Keys();
            copy.state = state;
            copy.log = log == null ? null : new ArrayDeque<>(log);
            copy.ids = ids == null ? null : new HashMap<>(ids);
            copy.older = older == null ? null : new HashMap<>(older);
            copy.stateEnds = stateEnds;
            copy.logEnds = logEnds;
            copy.idsEnd = idsEnd;
            return copy;
        }

        void expire(long now) {
            state = now > stateEnds ? null : state;
            log = now > logEnds ? null : log;
            ids = now > idsEnd ? null : ids;
            older = now > idsEnd ? null : older;
        }

        @Nullable
        Long offset(String id) {
            Long offset = ids == null ? null : ids.get(id);
            return offset == null && older != null ? older.get(id) : offset;
        }
    }

    /** The hash; {@code born} is -1 where the field is missing. */
    private record State(String epoch, long offset, long born, long turned, long bytes, long full) {}

    private final Retention retention;
    private final Supplier<String> epochs;
    private Map<TopicKeys, Keys> topics = new HashMap<>();
    private Map<Object, String> births = new HashMap<>();
    private long now;

    /**
     * An empty one.
     *
     * @param epochs one for each call of {@link #publish} and {@link #attach}, as {@link Scripts} takes them
     */
    ModelRedis(Retention retention, Supplier<String> epochs) {
        this.retention = retention;
        this.epochs = epochs;
    }

    /** Sets its clock, in milliseconds since 1970. */
    void time(long millis) {
        now = millis;
    }

    Snapshot save() {
        return copy(topics, births);
    }

    /** Starts again with what it had then: from its file, or as the replica that has no more. */
    void restore(Snapshot snapshot) {
        Snapshot copy = copy(snapshot.topics, snapshot.births);
        topics = copy.topics;
        births = copy.births;
    }

    /** Starts again without a file. */
    void flush() {
        topics.clear();
        births.clear();
    }

    private static Snapshot copy(Map<TopicKeys, Keys> topics, Map<Object, String> births) {
        Map<TopicKeys, Keys> copy = new HashMap<>();
        topics.forEach((keys, values) -> copy.put(keys, values.copy()));
        return new Snapshot(copy, new HashMap<>(births));
    }

    Published publish(Link.Outgoing outgoing) {
        return switch (outgoing) {
            case Link.Plain plain -> new Published(plain.channel(), List.of(), Optional.of(plain.bytes()));
            case Link.Kept kept -> publish(kept.keys(), kept.entries());
        };
    }

    Published publish(TopicKeys name, List<Link.Entry> entries) {
        String newEpoch = epochs.get();
        Keys keys = keys(name);
        State state = keys.state;
        String epoch = state == null ? newEpoch : state.epoch;
        long offset = state == null ? 0 : state.offset;
        long bytes = state == null ? 0 : state.bytes;
        boolean known = state != null;
        boolean named = false;
        List<Position> positions = new ArrayList<>();
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.writeBytes((epoch + " " + (offset + 1) + "\n").getBytes(US_ASCII));
        int header = packet.size();
        for (Link.Entry entry : entries) {
            Long before = known && !entry.id().isEmpty() ? keys.offset(entry.id()) : null;
            if (before != null) {
                positions.add(new Position(epoch, before));
                continue;
            }
            if (!known) {
                forget(keys);
                known = true;
            }
            offset++;
            positions.add(new Position(epoch, offset));
            packet.writeBytes(
                    ByteBuffer.allocate(4).putInt(entry.envelope().length).array());
            packet.writeBytes(entry.envelope());
            if (!entry.id().isEmpty()) {
                keys.ids = keys.ids == null ? new HashMap<>() : keys.ids;
                keys.ids.put(entry.id(), offset);
                named = true;
            }
            if (retention.size() > 0) {
                keys.log = keys.log == null ? new ArrayDeque<>() : keys.log;
                keys.log.add(new Entry(offset, entry.envelope(), bytes));
                bytes += entry.envelope().length + Retention.OVERHEAD;
                while (keys.log.size() > retention.size()) {
                    keys.log.remove();
                }
            }
        }
        if (packet.size() == header) {
            return new Published(name.channel(), positions, Optional.empty());
        }
        State before = state == null ? new State(epoch, 0, now, 0, 0, retention.bytes()) : state;
        long full = bytes > before.full ? trim(keys, bytes) : before.full;
        long turned = named && turn(keys, before.turned) ? now : before.turned;
        keys.state = new State(epoch, offset, before.born, turned, bytes, full);
        keys.stateEnds = now + retention.state().toMillis();
        keys.logEnds = now + retention.ttl().toMillis();
        keys.idsEnd = now + retention.ids().toMillis();
        return new Published(name.channel(), positions, Optional.of(packet.toByteArray()));
    }

    /** Drops the oldest messages until the log is small enough; answers when it may next be too large. */
    private long trim(Keys keys, long bytes) {
        Deque<Entry> log = keys.log == null ? new ArrayDeque<>() : keys.log;
        while (log.size() > 1 && bytes - log.element().before > retention.bytes()) {
            log.remove();
        }
        return log.element().before + retention.bytes();
    }

    private boolean turn(Keys keys, long turned) {
        int count = keys.ids == null ? 0 : keys.ids.size();
        boolean isOver = count >= retention.mostIds()
                || (count >= retention.leastIds()
                        && now - turned >= retention.ids().toMillis());
        if (isOver) {
            keys.older = keys.ids;
            keys.ids = null;
        }
        return isOver;
    }

    Position attach(TopicKeys name, Optional<Position> delivered) {
        String newEpoch = epochs.get();
        Keys keys = keys(name);
        State state = keys.state;
        Optional<Position> ahead = delivered.filter(
                position -> state != null && position.epoch().equals(state.epoch) && position.offset() > state.offset);
        if (state != null && ahead.isEmpty()) {
            return new Position(state.epoch, state.offset);
        }
        if (state == null && delivered.stream().allMatch(EmptyPosition::isOne)) {
            String birth = births.computeIfAbsent(birthKey(name), key -> EmptyPosition.birth(newEpoch));
            return new EmptyPosition(birth, now).position();
        }
        forget(keys);
        keys.state = new State(newEpoch, 0, -1, 0, 0, retention.bytes());
        keys.stateEnds = now + retention.state().toMillis();
        return new Position(newEpoch, 0);
    }

    History history(TopicKeys name, Position after, int maxBytes) {
        Keys keys = keys(name);
        State state = keys.state;
        Optional<EmptyPosition> empty = EmptyPosition.of(after);
        if (empty.isPresent() && !continues(empty.get(), births.get(birthKey(name)), state)) {
            return History.LOST;
        }
        if (state == null) {
            return empty.isPresent() ? new History(true, after, List.of(), false) : History.LOST;
        }
        Position from = empty.isPresent() ? new Position(state.epoch, 0) : after;
        if (!from.epoch().equals(state.epoch)) {
            return History.LOST;
        }
        List<Message> page = new ArrayList<>();
        long size = 0;
        for (Entry entry : keys.log == null ? List.<Entry>of() : keys.log) {
            if (entry.offset == from.offset() + page.size() + 1 && size < maxBytes) {
                page.add(Envelope.decode(entry.envelope).orElseThrow().message());
                size += entry.envelope.length + Retention.OVERHEAD;
            }
        }
        long left = state.offset - from.offset() - page.size();
        boolean reaches = !page.isEmpty() || (left == 0 && empty.isEmpty());
        return reaches ? new History(true, from, page, left > 0) : History.LOST;
    }

    private boolean continues(EmptyPosition empty, @Nullable String birth, @Nullable State state) {
        long next = state == null ? now : state.born;
        return empty.birth().equals(birth)
                && next - empty.millis() < retention.empty().toMillis()
                && (state == null || next >= empty.millis());
    }

    private static Object birthKey(TopicKeys name) {
        return name.attaching().getLast();
    }

    private static void forget(Keys keys) {
        keys.log = null;
        keys.ids = null;
        keys.older = null;
    }

    private Keys keys(TopicKeys name) {
        Keys keys = topics.computeIfAbsent(name, key -> new Keys());
        keys.expire(now);
        return keys;
    }
}
