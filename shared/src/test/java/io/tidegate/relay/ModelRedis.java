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
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the scripts make of a Redis, in plain Java and with a time that is set: for simulations. {@code ModelRedisTest} holds
 * it to a real one. Who gets what it publishes is not its business. Not for several threads.
 */
final class ModelRedis {
    /** What the publisher is told, and what goes to the subscribers of the channel: nothing where all was known. */
    record Published(String channel, List<Position> positions, Optional<byte[]> packet) {}

    /** All that is held at some time. */
    record Snapshot(Map<TopicKeys, Keys> topics, Map<Object, String> births, Map<TopicKeys, PresenceState> presences) {
        private Snapshot() {
            this(new HashMap<>(), new HashMap<>(), new HashMap<>());
        }

        private Snapshot copy() {
            Snapshot copy = new Snapshot();
            topics.forEach((keys, values) -> copy.topics.put(keys, values.copy()));
            copy.births.putAll(births);
            presences.forEach((keys, state) -> copy.presences.put(keys, state.copy()));
            return copy;
        }
    }

    private record Entry(long offset, byte[] envelope, long before) {}

    /** The keys of one topic; one that does not exist is null. */
    private static final class Keys {
        private @Nullable State state;
        private @Nullable Deque<Entry> log;
        private @Nullable Map<String, Long> ids;
        private @Nullable Map<String, Long> older;
        private long stateEnds;
        private long logEnds;
        private long idsEnd;

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

        void forget() {
            log = null;
            ids = null;
            older = null;
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
    private final PresenceTimes presenceTimes;
    private final Supplier<String> epochs;
    private Snapshot held = new Snapshot();
    private long now;

    /**
     * An empty one.
     *
     * @param epochs one for each call of {@link #publish} and {@link #attach}, as {@link Scripts} takes them
     */
    ModelRedis(RelayTimes times, Supplier<String> epochs) {
        this.retention = times.retention();
        this.presenceTimes = times.presence();
        this.epochs = epochs;
    }

    /** Sets its clock, in milliseconds since 1970. */
    void time(long millis) {
        now = millis;
    }

    Snapshot save() {
        return held.copy();
    }

    /** Starts again with what it had then: from its file, or as the replica that has no more. */
    void restore(Snapshot snapshot) {
        held = snapshot.copy();
    }

    /** Starts again without a file. */
    void flush() {
        held = new Snapshot();
    }

    /** Whether {@code attach.lua} would say that somebody may watch. */
    boolean isWatched(TopicKeys keys) {
        PresenceState state = held.presences.get(keys);
        return state != null && state.isKnown() && !state.isOver(now);
    }

    /**
     * Takes a report, as {@code presence.lua} does.
     *
     * @param publish tells the nodes, and returns how many they are
     */
    PresenceAnswer presence(TopicKeys keys, PresenceReport report, long trust, ToIntFunction<PresenceChange> publish) {
        PresenceState known = held.presences.get(keys);
        PresenceState state = known == null || known.isOver(now) ? new PresenceState(presenceTimes) : known;
        PresenceAnswer answer = state.report(report, now, trust, epochs, publish);
        if (state.isKnown()) {
            held.presences.put(keys, state);
        }
        return answer;
    }

    Published publish(Link.Outgoing outgoing) {
        return switch (outgoing) {
            case Link.Plain plain -> new Published(plain.channel(), List.of(), Optional.of(plain.bytes()));
            case Link.Kept kept -> publish(kept.keys(), kept.known(), kept.entries());
        };
    }

    Published publish(TopicKeys name, Optional<Position> known, List<Link.Entry> entries) {
        String newEpoch = epochs.get();
        Keys keys = keys(name);
        if (keys.state == null) {
            keys.forget();
        }
        State counted = keys.state;
        if (counted != null
                && known.stream().anyMatch(last -> isBehind(last, new Position(counted.epoch, counted.offset)))
                && entries.stream().anyMatch(entry -> entry.id().isEmpty() || keys.offset(entry.id()) == null)) {
            keys.forget();
            keys.state = new State(newEpoch, 0, -1, 0, 0, retention.bytes());
        }
        State old = keys.state == null ? new State(newEpoch, 0, now, 0, 0, retention.bytes()) : keys.state;
        String epoch = old.epoch;
        long offset = old.offset;
        long bytes = old.bytes;
        boolean named = false;
        List<Position> positions = new ArrayList<>();
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.writeBytes((epoch + " " + (offset + 1) + "\n").getBytes(US_ASCII));
        for (Link.Entry entry : entries) {
            Long before = entry.id().isEmpty() ? null : keys.offset(entry.id());
            if (before != null) {
                positions.add(new Position(epoch, before));
                continue;
            }
            offset++;
            positions.add(new Position(epoch, offset));
            byte[] envelope = entry.envelope();
            packet.writeBytes(ByteBuffer.allocate(4).putInt(envelope.length).array());
            packet.writeBytes(envelope);
            if (!entry.id().isEmpty()) {
                keys.ids = keys.ids == null ? new HashMap<>() : keys.ids;
                keys.ids.put(entry.id(), offset);
                named = true;
            }
            if (retention.size() > 0) {
                keys.log = keys.log == null ? new ArrayDeque<>() : keys.log;
                keys.log.add(new Entry(offset, envelope, bytes));
                bytes += envelope.length + Retention.OVERHEAD;
                while (keys.log.size() > retention.size()) {
                    keys.log.remove();
                }
            }
        }
        if (offset == old.offset) {
            return new Published(name.channel(), positions, Optional.empty());
        }
        long full = bytes > old.full ? trim(keys, bytes) : old.full;
        keys.state = new State(epoch, offset, old.born, named ? turn(keys, old.turned) : old.turned, bytes, full);
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

    /** Ends a generation of ids that is old or large enough; answers when the last one ended. */
    private long turn(Keys keys, long turned) {
        int count = keys.ids == null ? 0 : keys.ids.size();
        boolean isOld = now - turned >= retention.ids().toMillis();
        if (count < retention.mostIds() && (count < retention.leastIds() || !isOld)) {
            return turned;
        }
        keys.older = keys.ids;
        keys.ids = null;
        return now;
    }

    private static boolean isBehind(Position known, Position head) {
        return known.epoch().equals(head.epoch()) && known.offset() > head.offset();
    }

    Position attach(TopicKeys name, Optional<Position> known) {
        String newEpoch = epochs.get();
        Keys keys = keys(name);
        State state = keys.state;
        Position head = state == null ? Position.NONE : new Position(state.epoch, state.offset);
        if (state != null && known.stream().noneMatch(last -> isBehind(last, head))) {
            return head;
        }
        if (state == null && known.stream().allMatch(EmptyPosition::isOne)) {
            String birth =
                    held.births.computeIfAbsent(name.attaching().getLast(), key -> EmptyPosition.birth(newEpoch));
            return new EmptyPosition(birth, now).position();
        }
        keys.forget();
        keys.state = new State(newEpoch, 0, -1, 0, 0, retention.bytes());
        keys.stateEnds = now + retention.state().toMillis();
        return new Position(newEpoch, 0);
    }

    History history(TopicKeys name, Position after, int maxBytes) {
        Keys keys = keys(name);
        State state = keys.state;
        Optional<EmptyPosition> empty = EmptyPosition.of(after);
        if (empty.isPresent()
                && !continues(empty.get(), held.births.get(name.attaching().getLast()), state)) {
            return History.LOST;
        }
        if (state == null && empty.isPresent()) {
            return new History(true, after, List.of(), false);
        }
        if (state == null || (empty.isEmpty() && !after.epoch().equals(state.epoch))) {
            return History.LOST;
        }
        return page(keys, state, empty.isPresent() ? new Position(state.epoch, 0) : after, maxBytes);
    }

    History last(TopicKeys name, int messages, int maxBytes) {
        Keys keys = keys(name);
        State state = keys.state;
        if (state == null) {
            String birth = held.births.get(name.attaching().getLast());
            return birth == null ? History.LOST : History.none(new EmptyPosition(birth, now).position());
        }
        int kept = keys.log == null ? 0 : keys.log.size();
        return page(keys, state, new Position(state.epoch, state.offset - Math.min(messages, kept)), maxBytes);
    }

    private static History page(Keys keys, State state, Position from, int maxBytes) {
        List<Message> page = new ArrayList<>();
        long size = 0;
        for (Entry entry : keys.log == null ? List.<Entry>of() : keys.log) {
            if (entry.offset == from.offset() + page.size() + 1 && size < maxBytes) {
                page.add(Envelope.decode(entry.envelope).orElseThrow().message());
                size += entry.envelope.length + Retention.OVERHEAD;
            }
        }
        long left = state.offset - from.offset() - page.size();
        return !page.isEmpty() || left == 0 ? new History(true, from, page, left > 0) : History.LOST;
    }

    private boolean continues(EmptyPosition empty, @Nullable String birth, @Nullable State state) {
        long next = state == null ? now : state.born;
        return empty.birth().equals(birth)
                && next - empty.millis() < retention.empty().toMillis()
                && (state == null || next >= empty.millis());
    }

    private Keys keys(TopicKeys name) {
        Keys keys = held.topics.computeIfAbsent(name, key -> new Keys());
        keys.state = now > keys.stateEnds ? null : keys.state;
        keys.log = now > keys.logEnds ? null : keys.log;
        keys.ids = now > keys.idsEnd ? null : keys.ids;
        keys.older = now > keys.idsEnd ? null : keys.older;
        return keys;
    }
}
