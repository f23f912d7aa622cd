package io.tidegate.protocol;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A frame from this server that is not a message. Heartbeat, shutdown and error are sent on every wire, the others only
 * on {@code tidegate.v1}.
 */
public sealed interface ServerFrame {

    /**
     * The first frame. The names of the connection and the node are for readers of logs.
     *
     * @param user the user of the token; empty where there was no token
     * @param expiresInMs until the token expires
     */
    record Welcome(
            String connection,
            String node,
            long heartbeatMs,
            Limits limits,
            Optional<String> user,
            OptionalLong expiresInMs)
            implements ServerFrame {}

    /**
     * The limits that a client must keep.
     *
     * @param message bytes of a whole message
     * @param topics subscriptions of the connection
     * @param queue bytes that the client may leave unread
     * @param rate messages a second; 0 for no limit
     */
    record Limits(int message, int topics, int queue, int rate) {}

    /**
     * Delivery of a topic begins.
     *
     * @param position all messages after it follow
     * @param recovered false where messages before it are missing
     */
    record Subscribed(Topic topic, Position position, boolean recovered) implements ServerFrame {}

    /**
     * Delivery of a topic has ended.
     *
     * @param position all messages up to it were delivered
     */
    record Unsubscribed(Topic topic, Position position) implements ServerFrame {}

    /**
     * A page of the users in a topic.
     *
     * @param more whether another page follows
     */
    record Presence(Topic topic, Collection<Present> users, boolean more) implements ServerFrame {}

    /** A user has joined a topic. An empty user stands for the first connection without a token. */
    record Join(Topic topic, Optional<String> user) implements ServerFrame {}

    /** A user has left a topic. */
    record Leave(Topic topic, Optional<String> user) implements ServerFrame {}

    /** Several users have joined and left. */
    record PresenceChanged(Topic topic, List<Optional<String>> joined, List<Optional<String>> left)
            implements ServerFrame {}

    /**
     * The relay has the message.
     *
     * @param position {@link Position#NONE} where the message is not kept
     */
    record Ack(MessageId id, Topic topic, Position position) implements ServerFrame {}

    /** A new token has replaced the old one. */
    record Token(long expiresInMs) implements ServerFrame {}

    /** The answer to a client's ping. */
    record Pong() implements ServerFrame {}

    /**
     * A sign of life.
     *
     * @param timestamp milliseconds since the epoch
     */
    record Heartbeat(long timestamp) implements ServerFrame {}

    /**
     * The notice of a drain.
     *
     * @param reconnectAfterMs this client's slot, in milliseconds from the notice
     */
    record ServerShutdown(long reconnectAfterMs) implements ServerFrame {}

    /**
     * The error in a frame that the client sent.
     *
     * @param message one sentence that names the key or frame and what is allowed
     */
    record ErrorFrame(ErrorCode code, String message, ClientFrame.About about) implements ServerFrame {}
}
