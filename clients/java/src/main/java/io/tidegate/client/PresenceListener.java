package io.tidegate.client;

import java.util.Map;
import java.util.Optional;

/**
 * Gets the presence of a topic, over the whole fleet, in the order of the topic and on the thread of its {@link
 * TopicListener}. A user who only moves to another server, or comes back in time, neither leaves nor joins.
 */
public interface PresenceListener {

    /**
     * The whole list has come: when the topic is subscribed, and again on each new connection. The differences from the
     * old list come before this call.
     *
     * @param users as {@link Subscription#users}
     */
    default void listed(Map<Optional<String>, Present> users) {}

    /**
     * A user has come who was not there before.
     *
     * @param user empty for the first connection without a token
     */
    default void joined(Optional<String> user) {}

    /**
     * A user is not there any more.
     *
     * @param user empty for the last connection without a token
     */
    default void left(Optional<String> user) {}
}
