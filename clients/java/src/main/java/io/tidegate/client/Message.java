package io.tidegate.client;

import java.util.Optional;

/**
 * A message of a topic.
 *
 * @param position unique in its topic; equal positions are the same message. What {@code after} takes. Empty where the
 *     message is not kept, see {@link Publication#keep}
 * @param message JSON text, as it was published
 * @param user JSON text, where the publisher gave one
 * @param timestamp when the server took it, in milliseconds since 1970
 */
public record Message(String topic, Optional<String> position, String message, Optional<String> user, long timestamp) {}
