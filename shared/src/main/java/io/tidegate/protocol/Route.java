package io.tidegate.protocol;

import java.util.List;
import java.util.Optional;

/** The endpoint that a WebSocket handshake asks for, by its path, its query and the subprotocols that it offers. */
public sealed interface Route {
    /** The subprotocol of {@link Wire#FULL}. */
    String FULL_SUBPROTOCOL = "tidegate.v1";
    /** Offered as well by a client that is served elsewhere meanwhile, and so can do with a refusal. Never confirmed. */
    String HAND_OVER_SUBPROTOCOL = "tidegate.handover";

    /**
     * An endpoint of this server.
     *
     * @param topics the topics to which the connection subscribes
     * @param subprotocol to be confirmed in the response
     */
    record Found(Wire wire, List<Topic> topics, Optional<String> subprotocol) implements Route {}

    /**
     * No endpoint.
     *
     * @param status of the HTTP response
     * @param message one sentence for the response's body
     */
    record Refused(int status, String message) implements Route {}

    /**
     * The parts of a request.
     *
     * @param path without the query
     * @param topics the values of {@code ?topic=} in the query, decoded
     * @param subprotocols offered, in the client's order
     */
    record Request(String path, List<String> topics, List<String> subprotocols) {}

    /**
     * Finds the endpoint.
     *
     * @param prefix of every path: empty, or for example {@code /ws}, which is then the same as {@code /ws/}
     * @param maxTopics the largest number of topics of a connection
     */
    static Route of(Request request, String prefix, int maxTopics) {
        String path = request.path();
        if (path.equals(prefix) || path.equals(prefix + "/")) {
            return single(Wire.BROADCAST, Topic.BROADCAST);
        }
        return path.equals(prefix + "/chat")
                ? chat(request, maxTopics)
                : new Refused(404, "no WebSocket here; there is %s/ (broadcast) and %s/chat".formatted(prefix, prefix));
    }

    private static Route chat(Request request, int maxTopics) {
        if (!request.topics().stream().allMatch(Topic::isValid)) {
            return new Refused(400, "invalid-topic: a topic is " + Topic.PATTERN);
        }
        List<Topic> topics =
                request.topics().stream().distinct().map(Topic::new).toList();
        if (request.subprotocols().contains(FULL_SUBPROTOCOL)) {
            return topics.size() > maxTopics
                    ? new Refused(400, "too-many-topics: a connection may subscribe to " + maxTopics)
                    : new Found(Wire.FULL, topics, Optional.of(FULL_SUBPROTOCOL));
        }
        return request.topics().size() > 1
                ? new Refused(400, "invalid-topic: without a subprotocol a connection has one topic")
                : single(Wire.PLAIN, topics.isEmpty() ? Topic.DEFAULT_CHAT : topics.getFirst());
    }

    private static Found single(Wire wire, Topic topic) {
        return new Found(wire, List.of(topic), Optional.empty());
    }
}
