package io.tidegate.client;

/**
 * Gets the messages of a topic, in the order of the topic. All listeners of a client are called by one thread at a time.
 * A listener may block. It then delays the other listeners of its client and, after {@link Options.Bounds#undelivered()}
 * messages, the reading of the connection. So a listener must not wait for an acknowledgement of its own client.
 */
@FunctionalInterface
public interface TopicListener {

    /** The next message. Each message comes once. */
    void message(Message message);

    /** Messages are missing before the next one. There is no gap without this call. */
    default void lost(Gap gap) {}

    /** The server has refused the subscription, which has ended. */
    default void refused(Refusal refusal) {}
}
