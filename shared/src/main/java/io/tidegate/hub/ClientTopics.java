package io.tidegate.hub;

import io.tidegate.protocol.Topic;
import java.util.HashMap;
import java.util.Map;

/**
 * The topics of each client, over all of its connections: each one costs this node, and the relay, something of its own. For the
 * write loop's thread alone.
 */
final class ClientTopics {
    private final int most;

    /** By client ({@link Admission.Permit#client}), how many of its connections subscribe to each topic. */
    private final Map<Object, Map<Topic, Integer>> topics = new HashMap<>();

    /** So many for each client; 0 for any number. */
    ClientTopics(int most) {
        this.most = most;
    }

    int most() {
        return most;
    }

    /** Counts a subscription; false, and not counted, where it would be a topic more than the client may have. */
    boolean enter(Object client, Topic topic) {
        if (isFree(topic)) {
            return true;
        }
        Map<Topic, Integer> own = topics.get(client);
        if (own == null) {
            own = HashMap.newHashMap(1);
            topics.put(client, own);
        } else if (own.size() >= most && !own.containsKey(topic)) {
            return false;
        }
        own.merge(topic, 1, Integer::sum);
        return true;
    }

    /** A subscription that was counted has ended. */
    void leave(Object client, Topic topic) {
        Map<Topic, Integer> own = topics.get(client);
        if (own == null || isFree(topic)) {
            return;
        }
        own.computeIfPresent(topic, (key, count) -> count == 1 ? null : count - 1);
        if (own.isEmpty()) {
            topics.remove(client);
        }
    }

    /** The broadcast topic is there anyway. */
    private boolean isFree(Topic topic) {
        return most == 0 || topic.equals(Topic.BROADCAST);
    }

    /** Clients that have topics. */
    int clients() {
        return topics.size();
    }
}
