package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.PublishQueue.Waiting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The publishes of a batch that leave as one: all of a topic with a history, or a single one of another.
 *
 * @param publishes in their order, at least one
 */
record Group(Topic topic, List<Waiting> publishes) {

    /** A batch taken apart. Messages of a topic keep their order; that of several topics is nobody's business. */
    static List<Group> of(List<Waiting> batch) {
        List<Group> groups = new ArrayList<>();
        Map<Topic, Group> kept = new LinkedHashMap<>();
        for (Waiting publish : batch) {
            Topic topic = publish.topic();
            if (topic.hasHistory()) {
                kept.computeIfAbsent(topic, key -> new Group(key, new ArrayList<>()))
                        .publishes
                        .add(publish);
            } else {
                groups.add(new Group(topic, List.of(publish)));
            }
        }
        groups.addAll(kept.values());
        return groups;
    }

    Link.Outgoing outgoing(String prefix) {
        TopicKeys keys = new TopicKeys(prefix, topic);
        return topic.hasHistory()
                ? new Link.Kept(keys, publishes.stream().map(Waiting::entry).toList())
                : new Link.Plain(keys.channel(), publishes.getFirst().entry().envelope());
    }

    /** They are published. */
    void complete(List<Position> positions) {
        for (int i = 0; i < publishes.size(); i++) {
            publishes.get(i).done().complete(topic.hasHistory() ? positions.get(i) : Position.NONE);
        }
    }
}
