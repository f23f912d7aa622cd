package io.tidegate.settings;

/**
 * How the messages of a topic go through a Redis Cluster. With {@code PUBLISH} each message goes to every node of the
 * cluster, with {@code SPUBLISH} (Redis 7) only to the node that has the topic.
 *
 * <p>The values are the steps from one to the other. The pods of a fleet may have two neighbouring values at the same
 * time: whatever one of them publishes, the other one receives, and receives once.
 */
public enum Sharding {
    /** {@code PUBLISH} and {@code SUBSCRIBE}. */
    NONE,
    /** {@code PUBLISH} and {@code SPUBLISH}, and {@code SUBSCRIBE}. */
    PUBLISH,
    /** {@code PUBLISH} and {@code SPUBLISH}, and {@code SSUBSCRIBE}. */
    SUBSCRIBE,
    /** {@code SPUBLISH} and {@code SSUBSCRIBE}. */
    FULL;

    /** Whether messages are published with {@code PUBLISH}. */
    public boolean publishes() {
        return this != FULL;
    }

    /** Whether messages are published with {@code SPUBLISH}. */
    public boolean shardPublishes() {
        return this != NONE;
    }

    /** Whether channels are subscribed with {@code SSUBSCRIBE}, otherwise with {@code SUBSCRIBE}. */
    public boolean shardSubscribes() {
        return this == SUBSCRIBE || this == FULL;
    }
}
