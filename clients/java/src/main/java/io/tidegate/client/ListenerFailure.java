package io.tidegate.client;

/**
 * A {@link TopicListener} has thrown. The subscription continues with the next message.
 *
 * @param topic of the listener
 * @param failure what the listener threw
 */
public record ListenerFailure(String topic, Throwable failure) {}
