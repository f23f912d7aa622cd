package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The last position that this node knows of each topic with a history. A position is known if this node has delivered
 * it, has read it for a caller, or was told it for its own publish. The scripts get this position. If the count in
 * Redis is behind it, the count went back. Then a new epoch begins, before the same position is given to another
 * message.
 *
 * <p>The known position must never be ahead of a count that did not go back: otherwise all that is kept of the topic is
 * deleted. So each position here was given by Redis, never by a client. The position is read here when a script's
 * arguments are made, so Redis has given it before the script runs.
 *
 * <p>Any thread: a topic's delivery, the uplink and the readers of the history write here, and each of them can be the
 * first to learn of a message. One position is kept for each topic that this node carries. Of the other topics, the
 * last {@link #MOST_OTHERS} of which a position was learned are kept.
 */
final class KnownPositions {
    /**
     * The limit for topics that are not carried: about 4 MB. A count that goes back loses the latest writes, so the
     * latest positions are kept.
     */
    static final int MOST_OTHERS = 16_384;

    private final Map<Topic, Position> carried = new ConcurrentHashMap<>();

    /** Guarded by itself. */
    private final SequencedMap<Topic, Position> others = new LinkedHashMap<>();

    /** The node begins to carry the topic, or continues to carry it. */
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

    /** The node no longer carries the topic. */
    void leave(Topic topic) {
        Position before = carried.remove(topic);
        if (before != null) {
            learned(topic, before);
        }
    }

    /** Redis has reported that there is a message at this position. No message is at offset 0. */
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

    /** Nothing says which of two epochs is the later. So the position of which this node has heard last wins. */
    private static Position later(Position before, Position position) {
        return before.epoch().equals(position.epoch()) && before.offset() > position.offset() ? before : position;
    }
}
