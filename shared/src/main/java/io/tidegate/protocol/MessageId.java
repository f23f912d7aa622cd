package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/**
 * What a publisher calls its message, so that publishing it again does not double it. Two users that choose the same name mean
 * two messages.
 *
 * @param json a JSON string or integer in its shortest form, as it goes back to the client
 */
public record MessageId(String json) {
    /** Characters of an id at most. */
    public static final int MAX_LENGTH = 128;

    /** The id with this text; empty where it has no characters, or too many. */
    public static Optional<MessageId> text(String text) {
        return Json.id(Json.quoted(text).getBytes(UTF_8));
    }

    /** The id that this value of JSON is; empty where it is none. */
    public static Optional<MessageId> read(byte[] json) {
        return Json.id(json);
    }

    /**
     * The same under a user's name: unlike that of any other user, and of one who has no name.
     *
     * @param user as JSON
     */
    public MessageId of(String user) {
        return new MessageId(user + json);
    }
}
