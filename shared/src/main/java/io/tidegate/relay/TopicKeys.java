package io.tidegate.relay;

import io.tidegate.protocol.Topic;
import java.util.List;

/**
 * The names of one topic in Redis. The braces let a cluster keep all that belongs to a topic on one node.
 *
 * @param prefix of all names in Redis
 * @param isProbe whether this is no client's topic, but that of a {@link Probe}, of which Redis keeps nothing for long
 */
record TopicKeys(String prefix, Topic topic, boolean isProbe) {
    TopicKeys(String prefix, Topic topic) {
        this(prefix, topic, false);
    }

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

    /** Those, the birth of the slot, and the state of the presence. */
    List<Object> attaching() {
        return List.of(name("state"), name("log"), name("ids"), name("ids-before"), birth(), name("presence"));
    }

    /** Of the presence: the state, the users, those that are about to leave, the nodes, and what each node's users begin with. */
    List<Object> presence() {
        return List.of(
                name("presence"),
                name("presence-users"),
                name("presence-ends"),
                name("presence-nodes"),
                name("presence-node") + ":");
    }

    /** Shared by all topics of a slot: one key for each topic is what an empty topic must not leave. */
    private String birth() {
        return prefix + ":birth:{" + Slots.tag(topic.name()) + "}";
    }

    private String name(String kind) {
        return prefix + (isProbe ? ":probe:" : ":") + kind + ":{" + topic.name() + "}";
    }
}
