package io.tidegate.relay;

import io.tidegate.owner.Owner;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Carries a message to every node that subscribes to its topic, also to the publisher's own node.
 *
 * <p>Every relay promises this (the tests {@code RelayContract} and {@code HistoryContract} check it):
 *
 * <ul>
 *   <li>On one topic all nodes get the same messages in one order, each once. Where the topic has a history, all nodes
 *       get the same positions.
 *   <li>Messages of one thread keep that thread's order.
 *   <li>A message arrives byte for byte, with its opcode.
 *   <li>A publisher learns whether the relay took its message: an outage is an error, never a silent loss. A publish
 *       that has failed may still have happened (a lost answer).
 *   <li>A second publish with the same id does not double a message, whichever node it comes through, as long as the id
 *       is remembered. The id is remembered while its message is in the history, and for at least
 *       {@code tidegate.history.ttl} or 2 minutes, whichever is longer. The time is shorter only where a topic has more
 *       ids than can be kept.
 *   <li>A read of a topic to which no message was published leaves nothing of the topic behind. The position in the
 *       answer is as good as any other for a later resume.
 *   <li>A node that was cut off gets the messages that it missed from the history, in their place in the order. Where
 *       the history does not reach back, the node is told of the gap ({@link Receiver#gap}).
 * </ul>
 *
 * <p>All of this except the last four points also holds for {@link Topic#BROADCAST} and {@link Topic#FLEET}.
 *
 * <p>All methods except {@link #close} can be called from any thread and return at once; none waits for I/O. Code that
 * depends on a result runs on the relay's own thread, which carries the messages of all topics. So that code only posts
 * to an inbox. A caller's thread can be the relay's thread for a moment, and then runs code of other callers. So a
 * caller holds no lock that this code needs.
 */
public interface Relay extends HistoryReader, AutoCloseable {

    /**
     * Starts to publish a message.
     *
     * @param id the publisher's id of the message; empty where the topic has no history
     * @return completes with the message's position once the relay holds the message; with the first message's position
     *     where the id is known already; with {@link Position#NONE} where the topic has no history. Fails with
     *     {@link RelayUnavailableException} where the relay could not be reached within two seconds. Only time in which
     *     this node ran is counted: a node that stood still could not see the answer
     */
    CompletionStage<Position> publish(Topic topic, Message message, Optional<MessageId> id);

    /**
     * Starts to publish a message for the present subscribers only. It has no position, and it cannot be read later. It
     * arrives in its order with the published messages. A node that has just lost its connection may miss it, and no
     * gap is reported.
     *
     * @return completes with {@link Position#NONE} once the relay has taken it; fails as {@link #publish} does
     */
    CompletionStage<Position> pass(Topic topic, Message message);

    /**
     * Reports the users of a topic on this node, and asks for the users on all nodes. A node makes one report of a
     * topic at a time: a later report replaces an earlier one. Changes go to every node that subscribes to the topic
     * ({@link Receiver#presence}).
     *
     * @return fails with {@link RelayUnavailableException} where the relay could not be reached; the report may have
     *     been taken nevertheless
     */
    CompletionStage<PresenceAnswer> presence(Topic topic, PresenceReport report);

    /**
     * Delivers the topic's messages to this relay's {@link Receiver} from the moment the result completes until
     * {@link #unsubscribe}. A subscription outlives an outage of the relay: it comes back without a new call. A second
     * call does nothing.
     *
     * @return completes once messages published from now on will arrive. While the relay is down, the result waits. It
     *     fails with {@link RelayUnavailableException} where the topic is unsubscribed, or the relay is closed, before
     *     that
     */
    CompletionStage<Void> subscribe(Topic topic);

    /** Ends the delivery of the topic soon after the call. */
    void unsubscribe(Topic topic);

    /** The owner through which all messages go, for the watchdog; empty where there is none. */
    default Optional<Owner<?>> owner() {
        return Optional.empty();
    }

    /** Whether messages go through now. */
    RelayStatus status();

    /**
     * Ends deliveries, fails the operations under way, and frees threads and connections. The call can wait up to two
     * seconds until deliveries have ended. So neither code that depends on a result nor a {@link Receiver} calls it.
     */
    @Override
    void close();

    /**
     * Takes what arrives. For each topic, one thread at a time calls it, in the topic's order. A receiver only enqueues
     * and never throws, because it runs on the relay's own thread.
     */
    interface Receiver {
        /** Takes messages that follow all earlier ones. */
        void receive(Topic topic, Segment segment);

        /**
         * Messages of the topic have been missed and are no longer kept.
         *
         * @param position the messages that follow are behind it
         */
        void gap(Topic topic, Position position);

        /** A user came to the topic or left it, on any node. The change is in its order with the messages. */
        default void presence(Topic topic, PresenceChange change) {}

        /**
         * The topic's messages, and the changes of its presence, arrive from now on. Some earlier changes may have been
         * missed.
         *
         * @param watched whether a client or a back end may want to see the topic's presence
         */
        default void attached(Topic topic, boolean watched) {}
    }
}
