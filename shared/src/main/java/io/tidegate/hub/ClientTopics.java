package io.tidegate.hub;

import io.tidegate.protocol.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The topics of each client, over all of its connections. Each topic costs memory on this node and at the relay. Any
 * thread, because a client's connections may belong to different write loops.
 */
final class ClientTopics {
    private final int most;

    /** By client ({@link Admission.Permit#client}), how many of its connections subscribe to each topic. */
    private final Map<Object, Map<Topic, Integer>> topics = new ConcurrentHashMap<>();

    /** The limit of topics for each client; 0 for no limit. */
    ClientTopics(int most) {
        this.most = most;
    }

    int most() {
        return most;
    }

    /**
     * Counts a subscription. Returns false, and does not count it, where the client would have more topics than the
     * limit.
     */
    boolean enter(Object client, Topic topic) {
        if (isFree(topic)) {
            return true;
        }
        boolean[] entered = {true};
        topics.compute(client, (key, present) -> {
            Map<Topic, Integer> own = present == null ? HashMap.newHashMap(1) : present;
            entered[0] = own.size() < most || own.containsKey(topic);
            if (entered[0]) {
                own.merge(topic, 1, Integer::sum);
            }
            return own;
        });
        return entered[0];
    }

    /** A subscription that was counted has ended. */
    void leave(Object client, Topic topic) {
        if (isFree(topic)) {
            return;
        }
        topics.computeIfPresent(client, (key, own) -> {
            own.computeIfPresent(topic, (same, count) -> count == 1 ? null : count - 1);
            return own.isEmpty() ? null : own;
        });
    }

    /** The broadcast topic costs nothing more: the node has it anyway. */
    private boolean isFree(Topic topic) {
        return most == 0 || topic.equals(Topic.BROADCAST);
    }

    /** Clients that have topics. */
    int clients() {
        return topics.size();
    }
}
