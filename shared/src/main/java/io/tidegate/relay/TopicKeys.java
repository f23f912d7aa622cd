package io.tidegate.relay;

import io.tidegate.protocol.Topic;
import java.util.List;
import java.util.OptionalInt;

/**
 * The names of one topic in Redis. Because of the braces, a cluster keeps all keys of a topic on one node.
 *
 * @param prefix of all names in Redis
 * @param probed if this is the topic of a {@link Probe} instead of a client's topic, the slot in which all of its names
 *     lie; Redis keeps a probe only briefly
 */
record TopicKeys(String prefix, Topic topic, OptionalInt probed) {
    TopicKeys(String prefix, Topic topic) {
        this(prefix, topic, OptionalInt.empty());
    }

    boolean isProbe() {
        return probed.isPresent();
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

    /** The keys of {@link #writing}, the birth of the slot, and the state of the presence. */
    List<Object> attaching() {
        return List.of(name("state"), name("log"), name("ids"), name("ids-before"), birth(), name("presence"));
    }

    /**
     * The keys of the presence: the state, the users, the users that are about to leave, the nodes, and the prefix of
     * the hashes with each node's users.
     */
    List<Object> presence() {
        return List.of(
                name("presence"),
                name("presence-users"),
                name("presence-ends"),
                name("presence-nodes"),
                name("presence-node") + ":");
    }

    /** The key is shared by all topics of a slot, because an empty topic must not leave a key of its own. */
    private String birth() {
        return prefix + ":birth:{" + Slots.tag(Slots.of(topic.name())) + "}";
    }

    private String name(String kind) {
        return probed.isPresent()
                ? prefix + ":probe:" + kind + ":{" + Slots.tag(probed.getAsInt()) + "}" + topic.name()
                : prefix + ":" + kind + ":{" + topic.name() + "}";
    }
}
