package io.tidegate.client;

import java.time.Instant;
import java.util.Optional;

/**
 * A user who is in a topic.
 *
 * @param user by name; empty for all together who have no token, which is everybody on an open server
 * @param connections at the last list: 0 for one who may still come back; 1 for one who has joined since
 * @param since when the user came, by the server's clock; by this one's where the user has joined since the last list
 */
public record Present(Optional<String> user, int connections, Instant since) {}
