package io.tidegate.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Parsed;
import io.tidegate.protocol.StrictJson;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A message between nodes on behalf of back ends, in addition to the nodes' reports: an object of texts.
 *
 * @param kind the kind of message
 * @param members by name
 */
record FleetMessage(Kind kind, Map<String, String> members) {
    /** The first bytes of every such message. No report begins with them. */
    private static final byte[] BEGIN = "{\"api\":".getBytes(UTF_8);

    private static final Set<String> NAMES =
            Set.of("api", "fleet", "from", "at", "ask", "user", "connection", "topic", "prefix", "after", "items");

    /** The kinds of messages. */
    enum Kind {
        THROW_OUT_USER,
        THROW_OUT_CONNECTION,
        UNSUBSCRIBE,
        ASK_CONNECTIONS,
        ASK_TOPICS,
        ASK_NODES,
        ANSWER
    }

    FleetMessage(Kind kind, String... members) {
        this(kind, map(members));
    }

    private static Map<String, String> map(String... members) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            map.put(members[i], members[i + 1]);
        }
        return map;
    }

    /** The same message with one more member. */
    FleetMessage with(String name, String value) {
        Map<String, String> more = new HashMap<>(members);
        more.put(name, value);
        return new FleetMessage(kind, more);
    }

    /** The text of a member; an empty text where the member is missing. */
    String get(String name) {
        return members.getOrDefault(name, "");
    }

    /** The number in a member; empty where the member is missing or no number. */
    Optional<Long> number(String name) {
        try {
            return Optional.of(Long.parseLong(get(name)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    Message message() {
        StringBuilder json = new StringBuilder("{\"api\":\"").append(kind).append('"');
        members.forEach(
                (name, value) -> json.append(",\"").append(name).append("\":").append(StrictJson.quoted(value)));
        return new Message(Opcode.TEXT, json.append('}').toString().getBytes(UTF_8));
    }

    /** Whether a message may be one of these. For a thread that must not wait. */
    static boolean mayBe(Message message) {
        byte[] payload = message.payload();
        return payload.length > BEGIN.length
                && java.util.Arrays.equals(payload, 0, BEGIN.length, BEGIN, 0, BEGIN.length);
    }

    /** Reads a message; empty where this release does not know its kind. */
    static Optional<FleetMessage> read(Message message) {
        if (!(StrictJson.object(message.payload(), NAMES) instanceof Parsed.Good<Map<String, byte[]>> good)) {
            return Optional.empty();
        }
        Map<String, String> members = new HashMap<>();
        good.value().forEach((name, value) -> StrictJson.string(value).ifPresent(text -> members.put(name, text)));
        String kind = members.getOrDefault("api", "");
        members.remove("api");
        for (Kind known : Kind.values()) {
            if (known.name().equals(kind)) {
                return Optional.of(new FleetMessage(known, members));
            }
        }
        return Optional.empty();
    }
}
