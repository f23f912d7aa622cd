package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The last position that this node knows of each topic with a history: that of what it has delivered, has read for somebody, or
 * was told for what it has published. The scripts are told it: where the count in Redis is behind it, the count went back, and a
 * new epoch begins before the same position is given to another message.
 *
 * <p>So it must never be ahead of a count that did not go back, or all that is kept of a topic would be thrown away. Each position
 * here was given by Redis, and none by a client; and one is asked for when a script's arguments are made, so that Redis has given
 * it before the script runs.
 *
 * <p>Any thread: a topic's delivery, the uplink and those who read write here, and each may be the first to learn of a message. Of
 * topics that this node carries, one is kept for each; of others, those of which something was learned last.
 */
final class KnownPositions {
    /** Of topics that are not carried: some 4 MB. A count goes back by what was written last. */
    static final int MOST_OTHERS = 16_384;

    private final Map<Topic, Position> carried = new ConcurrentHashMap<>();

    /** Guarded by itself. */
    private final SequencedMap<Topic, Position> others = new LinkedHashMap<>();

    /** The node begins to carry the topic, or goes on. */
    void carry(Topic topic) {
        Position before;
        synchronized (others) {
            before = others.remove(topic);
        }
        if (before == null) {
            carried.putIfAbsent(topic, Position.NONE);
        } else {
            carried.merge(topic, before, KnownPositions::later);
        }
    }

    /** It carries it no more. */
    void leave(Topic topic) {
        Position before = carried.remove(topic);
        if (before != null) {
            learned(topic, before);
        }
    }

    /** Redis has said that there is a message at this position; none is at offset 0. */
    void learned(Topic topic, Position position) {
        if (position.offset() > 0
                && carried.computeIfPresent(topic, (key, before) -> later(before, position)) == null) {
            synchronized (others) {
                Position before = others.get(topic);
                others.putLast(topic, before == null ? position : later(before, position));
                if (others.size() > MOST_OTHERS) {
                    others.pollFirstEntry();
                }
            }
        }
    }

    Optional<Position> of(Topic topic) {
        Position known = carried.get(topic);
        if (known == null || known.offset() == 0) {
            synchronized (others) {
                known = others.get(topic);
            }
        }
        return Optional.ofNullable(known);
    }

    /** Of two epochs nobody knows which is the later: that of which this node has heard last. */
    private static Position later(Position before, Position position) {
        return before.epoch().equals(position.epoch()) && before.offset() > position.offset() ? before : position;
    }
}
