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

    /** The state, the messages, and the birth of the slot. */
    List<Object> reading() {
        return List.of(name("state"), name("log"), birth());
    }

    /** The state, the messages, and both generations of ids. */
    List<Object> writing() {
        return List.of(name("state"), name("log"), name("ids"), name("ids-before"));
    }

    /** Those, and the birth of the slot. */
    List<Object> attaching() {
        return List.of(name("state"), name("log"), name("ids"), name("ids-before"), birth());
    }

    /** Shared by all topics of a slot: one key for each topic is what an empty topic must not leave. */
    private String birth() {
        return prefix + ":birth:{" + Slots.tag(topic.name()) + "}";
    }

    private String name(String kind) {
        return prefix + ":" + kind + ":{" + topic.name() + "}";
    }
}
