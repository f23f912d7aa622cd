package io.tidegate.relay;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Topic;
import java.util.concurrent.CompletionStage;

/**
 * Carries a message to every node that subscribes to its topic, the publisher's own too.
 *
 * <p>What every relay promises (held by {@code RelayContract}):
 *
 * <ul>
 *   <li>On one topic all nodes get the same messages in one order, each once.
 *   <li>Messages of one thread keep that thread's order.
 *   <li>A message arrives byte for byte, with its opcode.
 *   <li>A publisher learns whether the relay took its message: an outage is an error, never a silent loss. A publish
 *       that has failed may still have happened (a lost answer).
 * </ul>
 *
 * <p>All methods may be called from any thread and return at once; none does I/O on the caller's thread.
 */
public interface Relay extends AutoCloseable {

    /**
     * Starts to carry a message.
     *
     * @return completes once the relay holds the message; fails with {@link RelayUnavailableException}, within two
     *     seconds, where it could not be reached
     */
    CompletionStage<Void> publish(Topic topic, Message message);

    /**
     * Delivers the topic's messages to this relay's {@link Receiver} from the moment the result completes until
     * {@link #unsubscribe}. A subscription outlives an outage of the relay: it comes back by itself. Subscribing again is
     * harmless.
     *
     * @return completes once messages published from now on will arrive; while the relay is down it waits, and it fails
     *     with {@link RelayUnavailableException} where the topic is unsubscribed, or the relay closed, before that
     */
    CompletionStage<Void> subscribe(Topic topic);

    /** Ends the delivery of the topic, soon. */
    void unsubscribe(Topic topic);

    /** Whether messages go through now. */
    RelayStatus status();

    /** Ends deliveries, fails what is under way, and frees threads and connections. */
    @Override
    void close();

    /**
     * Takes what arrives. Called by one thread at a time for a topic, in the topic's order; it only enqueues and never
     * throws, since it runs on the relay's own thread.
     */
    @FunctionalInterface
    interface Receiver {
        /**
         * Takes one message.
         *
         * @param lagNanos how long the message was under way from its publisher's node, by the two nodes' clocks; never
         *     negative
         */
        void receive(Topic topic, Message message, long lagNanos);
    }
}
