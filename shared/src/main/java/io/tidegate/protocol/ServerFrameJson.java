package io.tidegate.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** Server frames as JSON. */
final class ServerFrameJson {
    private static final String SHUTDOWN_MESSAGE = "Server restarting, please reconnect";

    private static final JsonFactory FACTORY = new JsonFactory();

    private ServerFrameJson() {}

    static byte[] encode(ServerFrame frame) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            switch (frame) {
                case ServerFrame.Welcome welcome -> welcome(json, welcome);
                case ServerFrame.Subscribed subscribed -> {
                    json.writeStringField("type", "subscribed");
                    place(json, subscribed.topic(), subscribed.position());
                    json.writeBooleanField("recovered", subscribed.recovered());
                }
                case ServerFrame.Unsubscribed unsubscribed -> {
                    json.writeStringField("type", "unsubscribed");
                    place(json, unsubscribed.topic(), unsubscribed.position());
                    json.writeBooleanField("recovered", true);
                }
                case ServerFrame.Presence presence -> presence(json, presence);
                case ServerFrame.Join join -> user(json, "join", join.topic(), join.user());
                case ServerFrame.Leave leave -> user(json, "leave", leave.topic(), leave.user());
                case ServerFrame.PresenceChanged changed -> {
                    json.writeStringField("type", "presence");
                    json.writeStringField("topic", changed.topic().name());
                    users(json, "joined", changed.joined());
                    users(json, "left", changed.left());
                }
                case ServerFrame.Ack ack -> {
                    json.writeStringField("type", "ack");
                    id(json, ack.id());
                    json.writeStringField("topic", ack.topic().name());
                    if (!ack.position().equals(Position.NONE)) {
                        json.writeStringField("position", ack.position().text());
                    }
                }
                case ServerFrame.Token token -> {
                    json.writeStringField("type", "token");
                    json.writeNumberField("expiresInMs", token.expiresInMs());
                }
                case ServerFrame.Pong pong -> json.writeStringField("type", "pong");
                case ServerFrame.Heartbeat heartbeat -> {
                    json.writeStringField("type", "heartbeat");
                    json.writeNumberField("timestamp", heartbeat.timestamp());
                }
                case ServerFrame.ServerShutdown shutdown -> {
                    json.writeStringField("type", "server-shutdown");
                    json.writeStringField("message", SHUTDOWN_MESSAGE);
                    json.writeNumberField("reconnectAfterMs", shutdown.reconnectAfterMs());
                }
                case ServerFrame.ErrorFrame error -> error(json, error);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    private static void welcome(JsonGenerator json, ServerFrame.Welcome welcome) throws IOException {
        json.writeStringField("type", "welcome");
        json.writeStringField("connection", welcome.connection());
        json.writeStringField("node", welcome.node());
        json.writeNumberField("heartbeatMs", welcome.heartbeatMs());
        json.writeObjectFieldStart("limits");
        json.writeNumberField("message", welcome.limits().message());
        json.writeNumberField("topics", welcome.limits().topics());
        json.writeNumberField("queue", welcome.limits().queue());
        json.writeNumberField("rate", welcome.limits().rate());
        json.writeEndObject();
        if (welcome.user().isPresent()) {
            json.writeStringField("user", welcome.user().get());
        }
        if (welcome.expiresInMs().isPresent()) {
            json.writeNumberField("expiresInMs", welcome.expiresInMs().getAsLong());
        }
    }

    private static void presence(JsonGenerator json, ServerFrame.Presence presence) throws IOException {
        json.writeStringField("type", "presence");
        json.writeStringField("topic", presence.topic().name());
        json.writeArrayFieldStart("users");
        for (Present present : presence.users()) {
            json.writeStartObject();
            json.writeStringField("user", present.user().orElse(null));
            json.writeNumberField("connections", present.connections());
            json.writeNumberField("since", present.since());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeBooleanField("more", presence.more());
    }

    private static void user(JsonGenerator json, String type, Topic topic, Optional<String> user) throws IOException {
        json.writeStringField("type", type);
        json.writeStringField("topic", topic.name());
        json.writeStringField("user", user.orElse(null));
    }

    private static void users(JsonGenerator json, String name, List<Optional<String>> users) throws IOException {
        json.writeArrayFieldStart(name);
        for (Optional<String> user : users) {
            json.writeString(user.orElse(null));
        }
        json.writeEndArray();
    }

    private static void place(JsonGenerator json, Topic topic, Position position) throws IOException {
        json.writeStringField("topic", topic.name());
        json.writeStringField("position", position.text());
    }

    private static void error(JsonGenerator json, ServerFrame.ErrorFrame error) throws IOException {
        json.writeStringField("type", "error");
        json.writeStringField("code", error.code().wire());
        json.writeStringField("message", error.message());
        if (error.about().answers().isPresent()) {
            json.writeStringField("answers", error.about().answers().get());
        }
        if (error.about().id().isPresent()) {
            id(json, error.about().id().get());
        }
        if (error.about().topic().isPresent()) {
            json.writeStringField("topic", error.about().topic().get());
        }
    }

    private static void id(JsonGenerator json, MessageId id) throws IOException {
        json.writeFieldName("id");
        json.writeRawValue(id.json());
    }
}
