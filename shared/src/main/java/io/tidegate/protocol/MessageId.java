package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;

/**
 * The publisher's id of a message: a second publish with the same id does not duplicate the message. The same id from two
 * users means two messages.
 *
 * @param json a JSON string or integer in its shortest form, as the client gets it back
 */
public record MessageId(String json) {
    /** The largest number of characters in an id. */
    public static final int MAX_LENGTH = 128;

    /** The id with this text; empty where the text has no characters, or too many. */
    public static Optional<MessageId> text(String text) {
        return Json.id(Json.quoted(text).getBytes(UTF_8));
    }

    /** The id that this JSON value is; empty where it is not a valid id. */
    public static Optional<MessageId> read(byte[] json) {
        return Json.id(json);
    }

    /**
     * The same id with a user's name as prefix. It differs from the ids of other users, and from those of clients without
     * a user.
     *
     * @param user as JSON
     */
    public MessageId of(String user) {
        return new MessageId(user + json);
    }
}
