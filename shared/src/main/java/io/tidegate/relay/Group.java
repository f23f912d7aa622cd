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
 * The publishes of a batch that leave as one: those of a topic that its history takes, with none between them that it does
 * not take; or a single one of those.
 *
 * @param publishes in their order, at least one
 */
record Group(Topic topic, boolean kept, List<Waiting> publishes) {

    /** A batch taken apart. Messages of a topic keep their order; that of several topics is nobody's business. */
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

    /** As a link takes it, with what is known of the topic's position now. */
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

    /** The last position that Redis has answered, if any: where an id was known, not the last message's. */
    Optional<Position> last(Link.Answer answer) {
        return answer instanceof Link.Taken taken
                ? taken.positions().stream().max(Comparator.comparingLong(Position::offset))
                : Optional.empty();
    }

    /** Redis has answered; returns how many have failed. */
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
