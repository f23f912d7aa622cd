package io.tidegate.client;

import java.time.Instant;
import java.util.Optional;

/**
 * A user who is in a topic.
 *
 * @param user by name; empty for all connections without a token together, which are all connections on an open server
 * @param connections at the last list; 0 for a user who may still come back; 1 for a user who has joined since
 * @param since when the user came, by the server's clock; by this client's clock where the user has joined since the last
 *     list
 */
public record Present(Optional<String> user, int connections, Instant since) {}
