package io.tidegate.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A publish of a back end.
 *
 * @param id the id that the relay remembers; empty where duplicates are not detected
 */
public record Publication(Topic topic, Message message, Optional<MessageId> id) {
    /**
     * The prefix of back ends' ids. No id of a client has this prefix: a client's id is a string, a number, or starts
     * with a user's name in quotes.
     */
    private static final String BACK_END = "api";

    /**
     * A chat message in the form that clients get.
     *
     * @param user JSON; null where there is none
     * @param body JSON
     * @param id the id that the back end gives
     */
    public static Publication chat(
            Topic topic, byte @Nullable [] user, byte[] body, Optional<MessageId> id, long timestamp) {
        return new Publication(topic, Chat.message(user, body, timestamp), id.map(given -> given.of(BACK_END)));
    }

    /** A message to every connection of the broadcast path. */
    public static Publication broadcast(Message message) {
        return new Publication(Topic.BROADCAST, message, Optional.empty());
    }

    /**
     * A message of the history in the form that back ends get: the members of a {@code message} frame without its type.
     */
    public static String held(Topic topic, Position position, Message message) {
        String members = "\"topic\":\"" + topic.name() + "\",\"position\":\"" + position.text() + "\"";
        byte[] json = Chat.prefixed(Json.ascii(members), message).payload();
        return new String(json, StandardCharsets.UTF_8);
    }
}
