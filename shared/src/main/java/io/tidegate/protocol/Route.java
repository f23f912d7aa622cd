package io.tidegate.protocol;

import java.util.List;

/** What a WebSocket handshake asks for, by its path and query. */
public sealed interface Route {

    /** An endpoint of this server. */
    record Found(Wire wire, Topic topic) implements Route {}

    /**
     * None.
     *
     * @param status of the HTTP response
     * @param message one sentence for its body
     */
    record Refused(int status, String message) implements Route {}

    /**
     * Finds the endpoint.
     *
     * @param path without the query
     * @param topics what the query names by {@code ?topic=}, decoded
     */
    static Route of(String path, List<String> topics) {
        return switch (path) {
            case "/" -> new Found(Wire.BROADCAST, Topic.BROADCAST);
            case "/chat" -> chat(topics);
            default -> new Refused(404, "no WebSocket here; there is / (broadcast) and /chat");
        };
    }

    private static Route chat(List<String> topics) {
        if (topics.isEmpty()) {
            return new Found(Wire.PLAIN, Topic.DEFAULT_CHAT);
        }
        if (topics.size() > 1) {
            return new Refused(400, "invalid-topic: without a subprotocol a connection has one topic");
        }
        String name = topics.getFirst();
        return Topic.isValid(name)
                ? new Found(Wire.PLAIN, new Topic(name))
                : new Refused(400, "invalid-topic: a topic is " + Topic.PATTERN);
    }
}
