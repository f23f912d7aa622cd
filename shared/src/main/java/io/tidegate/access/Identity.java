package io.tidegate.access;

import java.time.Instant;
import java.util.Optional;

/**
 * A client's user, and its rights.
 *
 * @param closed whether this server checks tokens; then {@code user} is the author of the client's messages, whatever
 *     these say
 * @param user {@code sub} of the client's token; empty where it has none
 * @param expires when the token expires, the leeway included; empty for never
 */
public record Identity(boolean closed, Optional<String> user, Rights rights, Optional<Instant> expires) {
    /** Every client of an open server. */
    public static final Identity OPEN = new Identity(false, Optional.empty(), Rights.ALL, Optional.empty());

    /** A client without a user and without rights. */
    public static final Identity NOBODY = new Identity(true, Optional.empty(), Rights.NONE, Optional.empty());
}
