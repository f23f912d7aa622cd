package io.tidegate.client;

import java.util.Optional;

/** What a server sends. */
sealed interface ServerFrame {

    record Welcome(String node, long heartbeatMs, long messageLimit) implements ServerFrame {}

    record Subscribed(String topic, String position, boolean recovered) implements ServerFrame {}

    record Unsubscribed(String topic) implements ServerFrame {}

    record Delivery(Message message) implements ServerFrame {}

    record Acknowledged(Ack ack) implements ServerFrame {}

    record ServerShutdown(long reconnectAfterMs) implements ServerFrame {}

    record ErrorFrame(String code, String message, Optional<String> id, Optional<String> topic)
            implements ServerFrame {}

    /** {@code heartbeat}, {@code pong}, and types that are newer than this client. */
    record Other(String type) implements ServerFrame {}
}
