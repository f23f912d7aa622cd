package io.tidegate.client;

/**
 * A {@link TopicListener} has thrown. The subscription goes on with the next message.
 *
 * @param topic of the listener
 * @param failure what it threw
 */
public record ListenerFailure(String topic, Throwable failure) {}
