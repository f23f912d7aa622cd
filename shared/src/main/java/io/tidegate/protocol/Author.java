package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The author of a message.
 *
 * @param asWritten whether the client names the author itself, in {@code user}
 * @param json otherwise the user's name as JSON; empty where there is none
 */
public record Author(boolean asWritten, Optional<String> json) {
    /** The author that the message names. */
    public static final Author AS_WRITTEN = new Author(true, Optional.empty());

    /** A user whose name a token proves, or a client without a name. */
    public static Author proven(Optional<String> name) {
        return new Author(false, name.map(Json::quoted));
    }

    /**
     * The {@code user} of a message.
     *
     * @param written the value in the client's frame
     */
    byte @Nullable [] user(byte @Nullable [] written) {
        return asWritten ? written : json.map(text -> text.getBytes(UTF_8)).orElse(null);
    }
}
