package io.tidegate.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A frame from the server. */
sealed interface ServerFrame {

    /**
     * The first frame.
     *
     * @param user the user of the client's token
     * @param expiresInMs how long the token is valid
     */
    record Welcome(String node, long heartbeatMs, Limits limits, Optional<String> user, OptionalLong expiresInMs)
            implements ServerFrame {}

    /**
     * The limits of a node.
     *
     * @param message bytes of a frame
     * @param rate messages a second; 0 for no limit
     */
    record Limits(double message, double rate) {}

    record Subscribed(String topic, String position, boolean recovered) implements ServerFrame {}

    record Unsubscribed(String topic) implements ServerFrame {}

    record Delivery(Message message) implements ServerFrame {}

    /** A frame about a topic's presence. */
    sealed interface PresenceFrame extends ServerFrame {
        String topic();
    }

    /**
     * A page of a list.
     *
     * @param more whether another page follows
     */
    record Listed(String topic, List<Present> users, boolean more) implements PresenceFrame {}

    /** Users have joined or left. A connection without a token has no name. */
    record Changed(String topic, List<Optional<String>> joined, List<Optional<String>> left) implements PresenceFrame {}

    /** The server has accepted a new token. */
    record Renewed(long expiresInMs) implements ServerFrame {}

    record Acknowledged(Ack ack) implements ServerFrame {}

    record ServerShutdown(long reconnectAfterMs) implements ServerFrame {}

    /**
     * A request of the client was not carried out.
     *
     * @param answers the type of the frame that this answers; empty where the server is too old to say it, or cannot know
     */
    record ErrorFrame(
            String code, String message, Optional<String> id, Optional<String> topic, Optional<String> answers)
            implements ServerFrame {

        /**
         * The type of the frame that this answers. For an older server it is guessed: a publish has an id, a subscribe
         * has a topic without an id.
         */
        String answered() {
            return answers.orElse(id.isPresent() ? "publish" : "subscribe");
        }

        boolean isForToken() {
            return answered().equals("token");
        }

        /**
         * Whether an existing subscription has ended. A server that knows this code names the frame that it answers, if
         * there is one.
         */
        boolean endsSubscription() {
            return code.equals("forbidden") && answers.isEmpty() && topic.isPresent();
        }

        Refusal refusal() {
            return new Refusal(code, message);
        }
    }

    /** {@code heartbeat}, {@code pong}, and types that are newer than this client. */
    record Other(String type) implements ServerFrame {}
}
