package io.tidegate.simulation;

import io.tidegate.protocol.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares the promises with the deliveries: all messages of a topic have one order for everybody, each comes once, each gap is
 * told, and each acknowledged message comes. The ledger checks each message when it comes, and everything else at the end.
 */
final class Ledger {
    private final World world;
    private final Map<String, Map<Position, String>> bodies = new HashMap<>();
    private final Map<String, Map<String, Position>> acknowledged = new HashMap<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<Plain> plain = new ArrayList<>();
    private boolean redisHasLost;
    private boolean forked;
    private long deliveries;
    private long gaps;

    Ledger(World world) {
        this.world = world;
    }

    /** Redis starts again with less data. */
    void redisLost() {
        redisHasLost = true;
    }

    /**
     * A replica that was behind has taken over: the last acknowledged messages can be lost, and their positions can be given
     * again through a node that did not know of them. No server can know that; docs/protocol.md says so. Order and gaps are
     * still checked.
     */
    void redisForked() {
        redisHasLost = true;
        forked = true;
    }

    boolean redisHasLost() {
        return redisHasLost;
    }

    /** A listener of a topic, over all its connections. */
    final class Listener {
        private final String name;
        private final String topic;
        private final Set<String> seen = new HashSet<>();
        private final Set<Position> positions = new HashSet<>();

        /** The number of each publisher's last message that was not kept. */
        private final Map<String, Integer> passed = new HashMap<>();

        private @Nullable Position resumed;
        private int lastAsked;
        private @Nullable Position begun;
        private @Nullable Position last;
        private boolean gap = true;
        private boolean live = true;

        private Listener(String name, String topic) {
            this.name = name;
            this.topic = topic;
        }

        String topic() {
            return topic;
        }

        @Nullable
        Position last() {
            return last;
        }

        /** The listener has asked to resume after this position. */
        void resumes(Position position) {
            resumed = position;
        }

        /** The listener has asked for this number of the last messages first. */
        void asksForLast(int messages) {
            lastAsked = messages;
        }

        int lastAsked() {
            return lastAsked;
        }

        /**
         * The listener has asked for the last messages, and they cannot begin later than this position: the later they are
         * read, the later they begin.
         */
        void beginsAtLatest(Position position) {
            Position start = begun;
            if (!redisHasLost
                    && start != null
                    && start.epoch().equals(position.epoch())
                    && start.offset() > position.offset()) {
                world.violate(name + " on " + topic + " asked for the last " + lastAsked + " messages and begins at "
                        + start.text() + ", behind " + position.text());
            }
        }

        /** Delivery begins after this position, and no message is missing. */
        void begins(Position position) {
            if (resumed != null && !resumed.equals(position)) {
                world.violate(
                        name + " on " + topic + " asked for " + resumed.text() + " and begins at " + position.text());
            }
            begun = position;
            last = position;
            gap = false;
        }

        /** A message that was published after the request for this subscription, on the same connection. */
        void own(Position position) {
            Position start = begun;
            if (start != null && start.epoch().equals(position.epoch()) && position.offset() <= start.offset()) {
                world.violate(name + " on " + topic + " begins at " + start.text()
                        + ", behind what was published after it, at " + position.text());
            }
        }

        void message(Position position, String body) {
            deliveries++;
            String where = name + " on " + topic + ": " + position.text() + " (" + body + ")";
            String other = bodies.computeIfAbsent(topic, key -> new HashMap<>()).putIfAbsent(position, body);
            if (other != null && !other.equals(body) && !forked) {
                world.violate("two messages at one position: " + where + " and " + other);
            }
            if (!seen.add(body) && !forked) {
                world.violate("doubled: " + where);
            }
            Position before = last;
            if (before != null && before.epoch().equals(position.epoch())) {
                if (position.offset() <= before.offset()) {
                    world.violate("out of order: " + where + " after " + before.text());
                } else if (!gap && !hadAllBetween(before, position)) {
                    world.violate("a gap without a word: " + where + " after " + before.text());
                }
            } else if (before != null && !gap && (before.offset() != 0 || position.offset() != 1)) {
                world.violate("another epoch without a word: " + where + " after " + before.text());
            }
            positions.add(position);
            last = position;
            gap = false;
        }

        /** A message that is not kept: it has no order with the other messages, but comes once, and in its publisher's order. */
        void passed(String body) {
            deliveries++;
            int dash = body.lastIndexOf('-');
            String publisher = body.substring(0, dash);
            int number = Integer.parseInt(body.substring(dash + 1, body.length() - 1));
            Integer before = passed.put(publisher, number);
            if (before != null && before >= number) {
                world.violate(
                        "doubled or out of order: " + name + " on " + topic + " gets " + body + " after " + before);
            }
        }

        /**
         * If Redis has forked, a position can be given again to a client that already had it: the client drops a message that
         * looks like a known one.
         */
        private boolean hadAllBetween(Position before, Position position) {
            for (long i = 1; before.offset() + i < position.offset(); i++) {
                if (!forked || !positions.contains(before.plus(i))) {
                    return false;
                }
            }
            return true;
        }

        /** Messages are missing before this position. */
        void lost(Position position) {
            gaps++;
            if (!forked && positions.contains(position)) {
                world.violate(name + " on " + topic + " is told a gap before " + position.text() + ", which has come");
            }
            if (last != null && !last.epoch().equals(position.epoch())) {
                // Another epoch: messages that Redis lost with the first epoch may have been published again.
                seen.clear();
            }
            gap = false;
            last = position;
        }

        /** The listener has ended. */
        void ends() {
            live = false;
        }
    }

    Listener listener(String name, String topic) {
        Listener listener = new Listener(name, topic);
        listeners.add(listener);
        return listener;
    }

    /** A publish was acknowledged at this position. */
    void acknowledged(String topic, Position position, String body) {
        String other = bodies.computeIfAbsent(topic, key -> new HashMap<>()).putIfAbsent(position, body);
        if (other != null && !other.equals(body) && !forked) {
            world.violate("acknowledged at the position of another message: " + body + " at " + position.text() + " of "
                    + topic + ", where " + other + " stands");
        }
        Position before =
                acknowledged.computeIfAbsent(topic, key -> new HashMap<>()).putIfAbsent(body, position);
        if (before != null && !before.equals(position) && !redisHasLost) {
            world.violate("acknowledged twice: " + body + " at " + before.text() + " and " + position.text());
        }
    }

    /** The messages of a connection without positions, in their order. */
    void plain(String name, String topic, List<String> order) {
        plain.add(new Plain(name, topic, order));
    }

    private record Plain(String name, String topic, List<String> order) {}

    private void verify(Plain one) {
        Map<String, Position> positions = new HashMap<>();
        bodies.getOrDefault(one.topic, Map.of()).forEach((position, body) -> positions.put(body, position));
        Position before = null;
        for (String body : one.order) {
            Position position = positions.get(body);
            if (position != null
                    && before != null
                    && position.epoch().equals(before.epoch())
                    && position.offset() <= before.offset()) {
                world.violate(one.name + " on " + one.topic + " got " + body + " at " + position.text() + " after "
                        + before.text());
            }
            before = position == null ? before : position;
        }
    }

    /**
     * The checks at the end, when nothing is under way.
     *
     * @param head the last position of each topic
     */
    void settle(Map<String, Position> head) {
        if (!redisHasLost) {
            plain.forEach(this::verify);
        }
        for (Listener listener : listeners) {
            Position end = head.get(listener.topic);
            if (listener.live && end != null && !end.equals(listener.last) && end.offset() > 0) {
                world.violate("the end has not come: " + listener.name + " on " + listener.topic + " is at "
                        + (listener.last == null ? "nothing" : listener.last.text()) + ", the topic at " + end.text());
            }
        }
    }

    long deliveries() {
        return deliveries;
    }

    long gaps() {
        return gaps;
    }

    long acknowledgements() {
        return acknowledged.values().stream().mapToLong(Map::size).sum();
    }
}
