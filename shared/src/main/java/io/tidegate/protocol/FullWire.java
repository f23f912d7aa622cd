package io.tidegate.protocol;

import static io.tidegate.protocol.Json.ascii;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.tidegate.protocol.ClientFrame.About;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The subprotocol {@code tidegate.v1}, as {@code docs/protocol.md} has it. */
final class FullWire implements Wire {
    private static final String TYPES = "allowed as \"type\" are publish, subscribe, unsubscribe and ping";
    private static final Set<String> MEMBERS = Set.of("type", "topic", "user", "message", "id", "after");

    @Override
    public ClientFrame decode(Message message, long timestamp) {
        if (message.opcode() != Opcode.TEXT) {
            return invalid("binary message on /chat; allowed is a text of JSON", About.NOTHING);
        }
        try {
            Optional<Map<String, byte[]>> object = Json.members(message.payload(), MEMBERS);
            return object.isPresent()
                    ? decode(object.get(), timestamp)
                    : invalid("not an object; " + TYPES, About.NOTHING);
        } catch (JsonProcessingException e) {
            String allowed = "; allowed is one object of JSON";
            return new ClientFrame.Invalid(ErrorCode.INVALID_JSON, e.getOriginalMessage() + allowed);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** All members are looked at before anything is judged, so that an error can say what it is about. */
    private static ClientFrame decode(Map<String, byte[]> members, long timestamp) {
        Optional<MessageId> id = Json.id(members.get("id"));
        Optional<Topic> topic =
                Json.string(members.get("topic")).filter(Topic::isValid).map(Topic::new);
        About about = new About(id, topic);
        if (members.containsKey("topic") && topic.isEmpty()) {
            return new ClientFrame.Invalid(
                    ErrorCode.INVALID_TOPIC, "\"topic\" is not allowed; a topic is " + Topic.PATTERN, about);
        }
        String type =
                members.containsKey("type") ? Json.string(members.get("type")).orElse("") : "publish";
        return switch (type) {
            case "publish" -> publish(members, about, timestamp);
            case "subscribe" -> subscribe(members, about);
            case "unsubscribe" ->
                topic.isPresent() ? new ClientFrame.Unsubscribe(topic.get()) : withoutTopic(type, about);
            case "ping" -> new ClientFrame.Ping();
            default -> invalid("unknown \"type\"; " + TYPES, about);
        };
    }

    private static ClientFrame publish(Map<String, byte[]> members, About about, long timestamp) {
        byte[] body = members.get("message");
        if (body == null) {
            return invalid("publish without \"message\"; allowed is any JSON", about);
        }
        if (members.containsKey("id") && about.id().isEmpty()) {
            return invalid(
                    "\"id\" is not allowed; an id is a string of 1 to " + MessageId.MAX_LENGTH
                            + " characters or an integer",
                    about);
        }
        return new ClientFrame.Publish(about.topic(), Chat.message(members.get("user"), body, timestamp), about.id());
    }

    private static ClientFrame subscribe(Map<String, byte[]> members, About about) {
        if (about.topic().isEmpty()) {
            return withoutTopic("subscribe", about);
        }
        byte @Nullable [] after = members.get("after");
        Optional<Position> position = Json.string(after).flatMap(Position::parse);
        if (after != null && position.isEmpty()) {
            return invalid("\"after\" is no position of this server; allowed is one that it sent", about);
        }
        return new ClientFrame.Subscribe(about.topic().get(), position);
    }

    private static ClientFrame withoutTopic(String type, About about) {
        return invalid(type + " without \"topic\"; a topic is " + Topic.PATTERN, about);
    }

    private static ClientFrame invalid(String what, About about) {
        return new ClientFrame.Invalid(ErrorCode.INVALID_FRAME, what, about);
    }

    @Override
    public FrameBatch encode(Topic topic, Position first, List<Message> messages) {
        String before = "\"type\":\"message\",\"topic\":\"" + topic.name() + "\",\"position\":\"" + first.epoch() + "-";
        List<Message> typed = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            typed.add(Chat.prefixed(ascii(before + (first.offset() + i) + "\""), messages.get(i)));
        }
        return FrameBatch.of(typed);
    }

    @Override
    public boolean resumes() {
        return true;
    }
}
