package io.tidegate.client;

import java.util.Optional;

/**
 * The server keeps the message, and every subscriber of its topic gets it.
 *
 * @param id the publisher's id
 * @param position of the message in its topic; empty where the message is not kept, see {@link Publication#keep}
 */
public record Ack(String id, String topic, Optional<String> position) {}
