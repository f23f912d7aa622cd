package io.tidegate.protocol;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What this server says of its own accord or in answer, beside the messages. Heartbeat, shutdown and error go out on every
 * wire, the others only on {@code tidegate.v1}.
 */
public sealed interface ServerFrame {

    /**
     * The first frame. The names of connection and node are for a reader of logs.
     *
     * @param user whose token it was; empty where there was none
     * @param expiresInMs until the token counts no longer
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
     * What a client must keep to.
     *
     * @param message bytes of a whole message
     * @param topics subscriptions of the connection
     * @param queue bytes that it may leave unread
     * @param rate messages a second; 0: any number
     */
    record Limits(int message, int topics, int queue, int rate) {}

    /**
     * Delivery of a topic begins.
     *
     * @param position all messages behind it follow
     * @param recovered false where messages are missing before it
     */
    record Subscribed(Topic topic, Position position, boolean recovered) implements ServerFrame {}

    /**
     * Delivery of a topic has ended.
     *
     * @param position all messages up to it were delivered
     */
    record Unsubscribed(Topic topic, Position position) implements ServerFrame {}

    /**
     * Who is in a topic; a page of it.
     *
     * @param more whether another page follows
     */
    record Presence(Topic topic, Collection<Present> users, boolean more) implements ServerFrame {}

    /** A user has come to a topic; empty: the first one without a token. */
    record Join(Topic topic, Optional<String> user) implements ServerFrame {}

    /** A user has left a topic. */
    record Leave(Topic topic, Optional<String> user) implements ServerFrame {}

    /** Many have come and left. */
    record PresenceChanged(Topic topic, List<Optional<String>> joined, List<Optional<String>> left)
            implements ServerFrame {}

    /**
     * The relay has the message.
     *
     * @param position {@link Position#NONE} where the message is not kept
     */
    record Ack(MessageId id, Topic topic, Position position) implements ServerFrame {}

    /** A new token has replaced the one before. */
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
     * @param reconnectAfterMs this client's own slot, in milliseconds from the notice
     */
    record ServerShutdown(long reconnectAfterMs) implements ServerFrame {}

    /**
     * What was wrong with something that the client sent.
     *
     * @param message one sentence that names the key or frame and what is allowed
     */
    record ErrorFrame(ErrorCode code, String message, ClientFrame.About about) implements ServerFrame {}
}
