package io.tidegate.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a back end publishes.
 *
 * @param id as the relay remembers it; empty where the message must not be told from another
 */
public record Publication(Topic topic, Message message, Optional<MessageId> id) {
    /**
     * Goes before the ids of back ends. No id of a client begins so: it is a string, a number, or a user's name in quotes.
     */
    private static final String BACK_END = "api";

    /**
     * A message as clients of chat get it.
     *
     * @param user JSON; null where there is none
     * @param body JSON
     * @param id as the back end gives it
     */
    public static Publication chat(
            Topic topic, byte @Nullable [] user, byte[] body, Optional<MessageId> id, long timestamp) {
        return new Publication(topic, Chat.message(user, body, timestamp), id.map(given -> given.of(BACK_END)));
    }

    /** A message to every connection of the broadcast path. */
    public static Publication broadcast(Message message) {
        return new Publication(Topic.BROADCAST, message, Optional.empty());
    }

    /** A message that is held, as back ends get it: the members of a {@code message} frame without its type. */
    public static String held(Topic topic, Position position, Message message) {
        String members = "\"topic\":\"" + topic.name() + "\",\"position\":\"" + position.text() + "\"";
        byte[] json = Chat.prefixed(Json.ascii(members), message).payload();
        return new String(json, StandardCharsets.UTF_8);
    }
}
