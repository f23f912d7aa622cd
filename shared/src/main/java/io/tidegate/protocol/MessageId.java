package io.tidegate.protocol;

/**
 * What a publisher calls its message, so that publishing it again does not double it.
 *
 * @param json a JSON string or integer in its shortest form, as it goes back to the client
 */
public record MessageId(String json) {
    /** Characters of an id at most. */
    static final int MAX_LENGTH = 128;
}
