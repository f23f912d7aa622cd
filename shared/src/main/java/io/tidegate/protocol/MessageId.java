package io.tidegate.protocol;

/**
 * What a publisher calls its message, so that publishing it again does not double it. Two users that choose the same name mean
 * two messages.
 *
 * @param json a JSON string or integer in its shortest form, as it goes back to the client
 */
public record MessageId(String json) {
    /** Characters of an id at most. */
    static final int MAX_LENGTH = 128;

    /**
     * The same under a user's name: unlike that of any other user, and of one who has no name.
     *
     * @param user as JSON
     */
    public MessageId of(String user) {
        return new MessageId(user + json);
    }
}
