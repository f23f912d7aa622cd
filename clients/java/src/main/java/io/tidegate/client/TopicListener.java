package io.tidegate.client;

/**
 * Told what happens on a topic, in the order of the topic. All listeners of a client are called by one thread at a time.
 * A listener may block, which holds up the others of its client and, after {@link Options.Bounds#undelivered()} messages,
 * the reading of the connection; so it must not wait for an acknowledgement of its own client.
 */
@FunctionalInterface
public interface TopicListener {

    /** The next message. Each comes once. */
    void message(Message message);

    /** Some messages are missing before the next one. There is no gap without this call. */
    default void lost(Gap gap) {}

    /** The server refused the subscription, which has ended by this. */
    default void refused(Refusal refusal) {}
}
