package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whose a message is.
 *
 * @param asWritten whether the client may say so itself, in {@code user}
 * @param json the user's name as JSON otherwise; empty where there is none
 */
public record Author(boolean asWritten, Optional<String> json) {
    /** Who it says. */
    public static final Author AS_WRITTEN = new Author(true, Optional.empty());

    /** A user who has proved his name, or somebody without one. */
    public static Author proven(Optional<String> name) {
        return new Author(false, name.map(Json::quoted));
    }

    /**
     * The {@code user} of a message.
     *
     * @param written what stands in the client's frame
     */
    byte @Nullable [] user(byte @Nullable [] written) {
        return asWritten ? written : json.map(text -> text.getBytes(UTF_8)).orElse(null);
    }
}
