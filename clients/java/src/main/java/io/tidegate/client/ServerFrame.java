package io.tidegate.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What a server sends. */
sealed interface ServerFrame {

    /**
     * The first of all.
     *
     * @param user whose the client's token is
     * @param expiresInMs how long the token counts
     */
    record Welcome(String node, long heartbeatMs, Limits limits, Optional<String> user, OptionalLong expiresInMs)
            implements ServerFrame {}

    /**
     * What a node takes.
     *
     * @param message bytes of a frame
     * @param rate messages a second; 0 for no limit
     */
    record Limits(double message, double rate) {}

    record Subscribed(String topic, String position, boolean recovered) implements ServerFrame {}

    record Unsubscribed(String topic) implements ServerFrame {}

    record Delivery(Message message) implements ServerFrame {}

    /** Who is in a topic. */
    sealed interface PresenceFrame extends ServerFrame {
        String topic();
    }

    /**
     * A page of a list.
     *
     * @param more whether another page follows
     */
    record Listed(String topic, List<Present> users, boolean more) implements PresenceFrame {}

    /** Somebody has come or left; who has no token is without a name. */
    record Changed(String topic, List<Optional<String>> joined, List<Optional<String>> left) implements PresenceFrame {}

    /** A new token counts. */
    record Renewed(long expiresInMs) implements ServerFrame {}

    record Acknowledged(Ack ack) implements ServerFrame {}

    record ServerShutdown(long reconnectAfterMs) implements ServerFrame {}

    /**
     * What the client wanted was not done.
     *
     * @param answers the type of the frame that it answers; empty where the server is older than this, or cannot know
     */
    record ErrorFrame(
            String code, String message, Optional<String> id, Optional<String> topic, Optional<String> answers)
            implements ServerFrame {

        /** What it answers, of an older server guessed: a publish has an id, and a subscribe a topic without one. */
        String answered() {
            return answers.orElse(id.isPresent() ? "publish" : "subscribe");
        }

        boolean isForToken() {
            return answered().equals("token");
        }

        /** A subscription that was there has ended; a server that knows this code says what it answers, if anything. */
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
