package io.tidegate.protocol;

import static io.tidegate.protocol.Json.ascii;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.tidegate.protocol.ClientFrame.About;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The subprotocol {@code tidegate.v1}, as {@code docs/protocol.md} defines it. */
final class FullWire implements Wire {
    private static final String ALLOWED_TYPES =
            "allowed as \"type\" are publish, subscribe, unsubscribe, ping and token";
    private static final Set<String> TYPES = Set.of("publish", "subscribe", "unsubscribe", "ping", "token");
    private static final Set<String> MEMBERS =
            Set.of("type", "topic", "user", "message", "id", "keep", "after", "last", "presence", "token");

    /** The largest number of messages that a {@code subscribe} may ask for. */
    private static final int MAX_LAST = 100_000;

    private static final Pattern LAST = Pattern.compile("[1-9][0-9]{0,5}");

    @Override
    public ClientFrame decode(Message message, long timestamp, Author author) {
        if (message.opcode() != Opcode.TEXT) {
            return invalid("binary message on /chat; allowed is a text of JSON", About.NOTHING);
        }
        byte[] text = message.payload();
        try {
            Optional<Map<String, byte[]>> object = Json.members(text, MEMBERS);
            return object.isPresent()
                    ? decode(object.get(), timestamp, author)
                    : invalid("not an object; " + ALLOWED_TYPES, About.NOTHING);
        } catch (JsonProcessingException e) {
            // The publisher waits for an answer with its id.
            Map<String, byte[]> legible = LegibleMembers.of(text, Set.of("type", "topic", "id"));
            Optional<String> type = Json.string(legible.get("type"))
                    .or(() -> Optional.of("publish").filter(publish -> legible.containsKey("id")));
            return new ClientFrame.Invalid(
                    ErrorCode.INVALID_JSON, Json.complaint(e, "allowed is one object of JSON"), about(type, legible));
        }
    }

    /** Collects all that an answer names, before the frame is checked. */
    private static About about(Optional<String> type, Map<String, byte[]> members) {
        return new About(
                type.filter(TYPES::contains),
                Json.id(members.get("id")),
                Json.string(members.get("topic")).filter(Json::isUnicode));
    }

    private static ClientFrame decode(Map<String, byte[]> members, long timestamp, Author author) {
        Optional<String> written =
                members.containsKey("type") ? Json.string(members.get("type")) : Optional.of("publish");
        About about = about(written, members);
        Optional<Topic> topic = topic(about);
        if (members.containsKey("topic") && topic.isEmpty()) {
            return new ClientFrame.Invalid(
                    ErrorCode.INVALID_TOPIC, "\"topic\" is not allowed; a topic is " + Topic.PATTERN, about);
        }
        String type = written.orElse("");
        return switch (type) {
            case "publish" -> publish(members, about, timestamp, author);
            case "subscribe" -> topic.isPresent() ? subscribe(members, topic.get(), about) : withoutTopic(type, about);
            case "unsubscribe" ->
                topic.isPresent() ? new ClientFrame.Unsubscribe(topic.get()) : withoutTopic(type, about);
            case "ping" -> new ClientFrame.Ping();
            case "token" ->
                Json.string(members.get("token"))
                        .<ClientFrame>map(ClientFrame.Token::new)
                        .orElseGet(() -> invalid("token without \"token\"; allowed is a string", about));
            default -> invalid("unknown \"type\"; " + ALLOWED_TYPES, about);
        };
    }

    private static Optional<Topic> topic(About about) {
        return about.topic().filter(Topic::isValid).map(Topic::new);
    }

    private static ClientFrame publish(Map<String, byte[]> members, About about, long timestamp, Author author) {
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
        Optional<Boolean> keep = flag(members.get("keep"), true);
        if (keep.isEmpty()) {
            return invalid("\"keep\" is not allowed; allowed are true and false", about);
        }
        Message message = Chat.message(author.user(members.get("user")), body, timestamp);
        return new ClientFrame.Publish(topic(about), message, about.id(), keep.get());
    }

    private static ClientFrame subscribe(Map<String, byte[]> members, Topic topic, About about) {
        byte @Nullable [] after = members.get("after");
        Optional<Position> position = Json.string(after).flatMap(Position::parse);
        if (after != null && position.isEmpty()) {
            return invalid(
                    "\"after\" is not a position of this server; allowed is a position that the server has sent",
                    about);
        }
        Optional<String> last = Json.ascii(members.get("last"));
        if (last.isPresent() && !isCount(last.get())) {
            return invalid("\"last\" is not allowed; allowed is an integer from 1 to " + MAX_LAST, about);
        }
        if (last.isPresent() && position.isPresent()) {
            return invalid("\"last\" and \"after\" together; allowed is one of them", about);
        }
        Optional<Boolean> presence = flag(members.get("presence"), false);
        if (presence.isEmpty()) {
            return invalid("\"presence\" is not allowed; allowed are true and false", about);
        }
        return new ClientFrame.Subscribe(
                topic, position, last.map(Integer::parseInt).orElse(0), presence.get());
    }

    /** Reads a boolean; empty where the value is neither true nor false. */
    private static Optional<Boolean> flag(byte @Nullable [] value, boolean fallback) {
        return switch (Json.ascii(value).orElse(Boolean.toString(fallback))) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static boolean isCount(String number) {
        return LAST.matcher(number).matches() && Integer.parseInt(number) <= MAX_LAST;
    }

    private static ClientFrame withoutTopic(String type, About about) {
        return invalid(type + " without \"topic\"; a topic is " + Topic.PATTERN, about);
    }

    private static ClientFrame invalid(String what, About about) {
        return new ClientFrame.Invalid(ErrorCode.INVALID_FRAME, what, about);
    }

    @Override
    public FrameBatch encode(Topic topic, Position first, List<Message> messages) {
        String before = "\"type\":\"message\",\"topic\":\"" + topic.name() + "\"";
        boolean kept = !first.equals(Position.NONE);
        String position = before + ",\"position\":\"" + first.epoch() + "-";
        List<Message> typed = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            String members = kept ? position + (first.offset() + i) + "\"" : before;
            typed.add(Chat.prefixed(ascii(members), messages.get(i)));
        }
        return FrameBatch.of(typed);
    }

    @Override
    public boolean resumes() {
        return true;
    }
}
