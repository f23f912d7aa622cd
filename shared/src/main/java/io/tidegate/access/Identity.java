package io.tidegate.access;

import java.time.Instant;
import java.util.Optional;

/**
 * Who a client is, and what it may do.
 *
 * @param closed whether this server asks: then {@code user} is whose its messages are, whatever these say
 * @param user {@code sub} of its token; empty where it brought none
 * @param expires when the token no longer counts, the leeway included; empty: never
 */
public record Identity(boolean closed, Optional<String> user, Rights rights, Optional<Instant> expires) {
    /** Everybody, on an open server. */
    public static final Identity OPEN = new Identity(false, Optional.empty(), Rights.ALL, Optional.empty());

    /** Of whom nothing is known and who may do nothing. */
    public static final Identity NOBODY = new Identity(true, Optional.empty(), Rights.NONE, Optional.empty());
}
