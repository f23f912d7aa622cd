package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.PublishQueue.Waiting;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The publishes of a batch that are sent as one. A group is either one publish that the topic's history does not take,
 * or all publishes of a topic that the history takes, with no publish of the first kind between them.
 *
 * @param publishes in their order, at least one
 */
record Group(Topic topic, boolean kept, List<Waiting> publishes) {

    /** Splits a batch into groups. Messages of one topic keep their order. There is no order between topics. */
    static List<Group> of(List<Waiting> batch) {
        List<Group> groups = new ArrayList<>();
        Map<Topic, Group> open = new HashMap<>();
        for (Waiting publish : batch) {
            Topic topic = publish.topic();
            Group group = open.get(topic);
            if (group == null || !publish.kept()) {
                group = new Group(topic, publish.kept(), new ArrayList<>());
                groups.add(group);
                if (publish.kept()) {
                    open.put(topic, group);
                } else {
                    open.remove(topic);
                }
            }
            group.publishes.add(publish);
        }
        return groups;
    }

    /** The group in the form that a link takes, with what is known of the topic's position now. */
    Link.Outgoing outgoing(String prefix, KnownPositions known) {
        TopicKeys keys = new TopicKeys(prefix, topic);
        if (kept) {
            return new Link.Kept(
                    keys,
                    known.of(topic),
                    publishes.stream().map(Waiting::entry).toList());
        }
        byte[] envelope = publishes.getFirst().entry().envelope();
        return new Link.Plain(keys.channel(), topic.hasHistory() ? Packet.unkept(envelope) : envelope);
    }

    /**
     * The highest position in the answer of Redis, if any. It is not always the position of the last message: an id may
     * have been known already.
     */
    Optional<Position> last(Link.Answer answer) {
        return answer instanceof Link.Taken taken
                ? taken.positions().stream().max(Comparator.comparingLong(Position::offset))
                : Optional.empty();
    }

    /** Completes the publishes with the answer of Redis. Returns how many have failed. */
    int complete(Link.Answer answer) {
        return switch (answer) {
            case Link.Taken taken -> {
                for (int i = 0; i < publishes.size(); i++) {
                    publishes.get(i).done().complete(kept ? taken.positions().get(i) : Position.NONE);
                }
                yield 0;
            }
            case Link.Refused refused -> Batch.fail(publishes, refused.reason());
        };
    }
}
