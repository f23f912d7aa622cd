package io.tidegate.client;

/**
 * The server keeps the message, and every subscriber of its topic gets it.
 *
 * @param id the publisher's own
 * @param position of the message in its topic
 */
public record Ack(String id, String topic, String position) {}
