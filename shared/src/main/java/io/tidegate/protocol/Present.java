package io.tidegate.protocol;

import java.util.Optional;

/**
 * A user in a topic's presence.
 *
 * @param user {@code sub} of the token; empty for all connections without a token
 * @param connections subscribed to the topic, over all nodes; 0 while the user may still come back; {@link #GONE} in a
 *     change that says that the user has left
 * @param since when the user came, in milliseconds since the epoch, by the clock of the relay
 */
public record Present(Optional<String> user, int connections, long since) {
    /** Marks a user who has left. */
    public static final int GONE = -1;

    public boolean isGone() {
        return connections == GONE;
    }
}
