package io.tidegate.relay;

import io.tidegate.protocol.Topic;
import java.util.List;

/**
 * The names of one topic in Redis. The braces let a cluster keep all that belongs to a topic on one node.
 *
 * @param prefix of all names in Redis
 */
record TopicKeys(String prefix, Topic topic) {
    String channel() {
        return name("topic");
    }

    /** Epoch and offset, and the messages. */
    List<Object> reading() {
        return List.of(name("state"), name("log"));
    }

    /** Those, and both generations of ids. */
    List<Object> writing() {
        return List.of(name("state"), name("log"), name("ids"), name("ids-before"));
    }

    private String name(String kind) {
        return prefix + ":" + kind + ":{" + topic.name() + "}";
    }
}
