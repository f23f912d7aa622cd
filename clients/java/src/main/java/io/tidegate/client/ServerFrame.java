package io.tidegate.client;

import java.util.Optional;

/** What a server sends. */
sealed interface ServerFrame {

    record Welcome(String node, long heartbeatMs, Limits limits) implements ServerFrame {}

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

    record Acknowledged(Ack ack) implements ServerFrame {}

    record ServerShutdown(long reconnectAfterMs) implements ServerFrame {}

    /**
     * What the client wanted was not done.
     *
     * @param answers the type of the frame that it answers; empty where the server is older than this, or cannot know
     */
    record ErrorFrame(
            String code, String message, Optional<String> id, Optional<String> topic, Optional<String> answers)
            implements ServerFrame {}

    /** {@code heartbeat}, {@code pong}, and types that are newer than this client. */
    record Other(String type) implements ServerFrame {}
}
