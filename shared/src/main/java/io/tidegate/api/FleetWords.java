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
 * What nodes say to each other on behalf of back ends, beside their reports: an object with texts.
 *
 * @param kind what is said
 * @param members by name
 */
record FleetWords(Kind kind, Map<String, String> members) {
    /** Begins each of them, and no report. */
    private static final byte[] BEGIN = "{\"api\":".getBytes(UTF_8);

    private static final Set<String> NAMES =
            Set.of("api", "fleet", "from", "at", "ask", "user", "connection", "topic", "prefix", "after", "items");

    /** What is said. */
    enum Kind {
        THROW_OUT_USER,
        THROW_OUT_CONNECTION,
        UNSUBSCRIBE,
        ASK_CONNECTIONS,
        ASK_TOPICS,
        ASK_NODES,
        ANSWER
    }

    FleetWords(Kind kind, String... members) {
        this(kind, map(members));
    }

    private static Map<String, String> map(String... members) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            map.put(members[i], members[i + 1]);
        }
        return map;
    }

    /** The same with one more. */
    FleetWords with(String name, String value) {
        Map<String, String> more = new HashMap<>(members);
        more.put(name, value);
        return new FleetWords(kind, more);
    }

    /** Empty text where it is not there. */
    String get(String name) {
        return members.getOrDefault(name, "");
    }

    /** Empty where it is not there, or no number. */
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

    /** Whether it may be one of these; for who must not wait. */
    static boolean mayBe(Message message) {
        byte[] payload = message.payload();
        return payload.length > BEGIN.length
                && java.util.Arrays.equals(payload, 0, BEGIN.length, BEGIN, 0, BEGIN.length);
    }

    /** What has travelled; empty where it is nothing that this release knows. */
    static Optional<FleetWords> read(Message message) {
        if (!(StrictJson.object(message.payload(), NAMES) instanceof Parsed.Good<Map<String, byte[]>> good)) {
            return Optional.empty();
        }
        Map<String, String> members = new HashMap<>();
        good.value().forEach((name, value) -> StrictJson.string(value).ifPresent(text -> members.put(name, text)));
        String kind = members.getOrDefault("api", "");
        members.remove("api");
        for (Kind known : Kind.values()) {
            if (known.name().equals(kind)) {
                return Optional.of(new FleetWords(known, members));
            }
        }
        return Optional.empty();
    }
}
