package io.tidegate.contract;

import io.tidegate.testing.RawClient;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.SocketFactory;

/** A client that speaks {@code tidegate.v1}, frame by frame. */
final class FullClient implements AutoCloseable {
    private static final String OFFER = "Sec-WebSocket-Protocol: tidegate.v1";

    private final RawClient client;
    private String name = "";

    private FullClient(RawClient client) {
        this.client = client;
    }

    /** Connects, and takes the welcome. */
    static FullClient connect(int port, String query) {
        return connect(port, query, OFFER);
    }

    /** The same with these headers. */
    static FullClient connect(int port, String query, String... headers) {
        return connect(SocketFactory.getDefault(), port, query, headers);
    }

    /** The same through sockets of one's own, such as those of TLS. */
    static FullClient connect(SocketFactory sockets, int port, String query, String... headers) {
        FullClient client = new FullClient(RawClient.connect(sockets, port, "/chat" + query, headers));
        client.name = client.expect("welcome").field("connection");
        return client;
    }

    /** Connects to one topic, and waits until its delivery has begun. */
    static FullClient subscribed(int port, String topic) {
        FullClient client = connect(port, "?topic=" + topic);
        client.expect("subscribed");
        return client;
    }

    /** What the server calls this connection. */
    String name() {
        return name;
    }

    RawClient raw() {
        return client;
    }

    void says(String json) {
        client.text(json);
    }

    void publish(String topic, String message) {
        says("{\"type\":\"publish\",\"topic\":\"%s\",\"message\":\"%s\"}".formatted(topic, message));
    }

    void publish(String topic, String message, String id) {
        says("{\"type\":\"publish\",\"topic\":\"%s\",\"message\":\"%s\",\"id\":\"%s\"}".formatted(topic, message, id));
    }

    void resume(String topic, String after) {
        says("{\"type\":\"subscribe\",\"topic\":\"%s\",\"after\":\"%s\"}".formatted(topic, after));
    }

    /** The next frame but heartbeats, of whatever type. */
    Frame next() {
        return new Frame(client.message());
    }

    /** The next frame but heartbeats, which must be of this type. */
    Frame expect(String type) {
        Frame frame = next();
        if (!frame.type().equals(type)) {
            throw new AssertionError(type + " was expected, not " + frame.json);
        }
        return frame;
    }

    /**
     * Publishes to a topic that this client subscribes to, and waits for the acknowledgement and the delivery, which may
     * come in any order; they must name the same position.
     */
    Frame publishHere(String topic, String message, String id) {
        publish(topic, message, id);
        Frame one = new Frame(client.message());
        Frame other = expect(one.type().equals("ack") ? "message" : "ack");
        if (!one.position().equals(other.position())) {
            throw new AssertionError("two positions: " + one.json + " and " + other.json);
        }
        return one;
    }

    @Override
    public void close() {
        client.close();
    }

    /** One frame. */
    record Frame(String json) {
        private static final Pattern FIELD = Pattern.compile("\"([a-zA-Z]+)\":(?:\"([^\"]*)\"|([^,}{]+))");

        String type() {
            return field("type");
        }

        String position() {
            return field("position");
        }

        String message() {
            return field("message");
        }

        /** The value of a member without quotes; empty where there is none. */
        String field(String name) {
            Matcher members = FIELD.matcher(json);
            while (members.find()) {
                if (members.group(1).equals(name)) {
                    return members.group(2) == null ? members.group(3) : members.group(2);
                }
            }
            return "";
        }
    }
}
