package io.tidegate.client;

import java.util.Optional;

/**
 * A message of a topic.
 *
 * @param position unique in its topic, so messages with equal positions are the same message; the value for {@code
 *     after}. Empty where the message is not kept, see {@link Publication#keep}
 * @param message JSON text, as it was published
 * @param user JSON text; empty where the publisher gave none
 * @param timestamp when the server took the message, in milliseconds since 1970
 */
public record Message(String topic, Optional<String> position, String message, Optional<String> user, long timestamp) {}
