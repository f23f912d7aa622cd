package io.tidegate.client;

import java.util.Map;
import java.util.Optional;

/**
 * Told who is in a topic, over the whole fleet, in the order of the topic and on the thread of its {@link TopicListener}. A user
 * who only moves to another server, or comes back in time, neither leaves nor joins.
 */
public interface PresenceListener {

    /**
     * The whole list has come: once the topic is subscribed, and again on each new connection, behind what differs from what was
     * known.
     *
     * @param users as {@link Subscription#users}
     */
    default void listed(Map<Optional<String>, Present> users) {}

    /**
     * Somebody has come who was not there.
     *
     * @param user empty for the first one without a token
     */
    default void joined(Optional<String> user) {}

    /**
     * Somebody is there no more.
     *
     * @param user empty for the last one without a token
     */
    default void left(Optional<String> user) {}
}
