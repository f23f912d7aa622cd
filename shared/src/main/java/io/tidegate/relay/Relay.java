package io.tidegate.relay;

import io.tidegate.owner.Owner;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Carries a message to every node that subscribes to its topic, the publisher's own too.
 *
 * <p>What every relay promises (held by {@code RelayContract} and {@code HistoryContract}):
 *
 * <ul>
 *   <li>On one topic all nodes get the same messages in one order, each once, and where the topic has a history with the
 *       same positions.
 *   <li>Messages of one thread keep that thread's order.
 *   <li>A message arrives byte for byte, with its opcode.
 *   <li>A publisher learns whether the relay took its message: an outage is an error, never a silent loss. A publish
 *       that has failed may still have happened (a lost answer).
 *   <li>Publishing again with the same id does not double a message, whichever node it comes through, for as long as the
 *       id is remembered: while its message is in the history, and for at least {@code tidegate.history.ttl} or 2 minutes,
 *       whichever is longer; for less only where a topic has more ids than may be kept.
 *   <li>Who asks for a topic that nobody has published to leaves nothing of it behind; the position that is answered is as
 *       good as any other for a later resume.
 *   <li>A node that was cut off gets what it has missed from the history, in its place in the order; where that does not
 *       reach back, it is told of the gap ({@link Receiver#gap}).
 * </ul>
 *
 * <p>All of this but the last four holds for {@link Topic#BROADCAST} and {@link Topic#FLEET}, too.
 *
 * <p>All methods but {@link #close} may be called from any thread and return at once; none waits for I/O. What depends on a
 * result runs on the relay's own thread, which carries everybody's messages: it only posts to an inbox. Who calls may be that
 * thread for a moment, and so run what others depend on: it holds no lock that these want.
 */
public interface Relay extends HistoryReader, AutoCloseable {

    /**
     * Starts to carry a message.
     *
     * @param id what its publisher calls it; empty where the topic has no history
     * @return completes with its position once the relay holds the message, with the first one's where the id is known
     *     already, and with {@link Position#NONE} where the topic has no history; fails with
     *     {@link RelayUnavailableException} where it could not be reached: within two seconds of time in which this node
     *     ran, since while it stood still it could not see the answer
     */
    CompletionStage<Position> publish(Topic topic, Message message, Optional<MessageId> id);

    /**
     * Starts to carry a message that is for those who are subscribed now: it has no position, and nobody reads it later. It
     * comes in its order with those that are published. A node that has just lost its connection may miss it, and no gap is
     * told.
     *
     * @return completes with {@link Position#NONE} once the relay has taken it; fails as {@link #publish} does
     */
    CompletionStage<Position> pass(Topic topic, Message message);

    /**
     * Says who is in a topic on this node, and asks who is in it anywhere. For a node one report of a topic at a time: what is
     * said later counts. What changes is told to every node that subscribes to the topic ({@link Receiver#presence}).
     *
     * @return fails with {@link RelayUnavailableException} where the relay could not be reached; the report may have been taken
     */
    CompletionStage<PresenceAnswer> presence(Topic topic, PresenceReport report);

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

    /** The owner without whom nothing goes through, to be watched; empty where there is none. */
    default Optional<Owner<?>> owner() {
        return Optional.empty();
    }

    /** Whether messages go through now. */
    RelayStatus status();

    /**
     * Ends deliveries, fails what is under way, and frees threads and connections. May wait for up to two seconds until
     * nothing is delivered any more, so it is not called by what depends on a result, nor by a {@link Receiver}.
     */
    @Override
    void close();

    /**
     * Takes what arrives. Called by one thread at a time for a topic, in the topic's order; it only enqueues and never
     * throws, since it runs on the relay's own thread.
     */
    interface Receiver {
        /** Takes what follows all that came before. */
        void receive(Topic topic, Segment segment);

        /**
         * Messages of the topic have been missed and cannot be had any more.
         *
         * @param position what follows is behind it
         */
        void gap(Topic topic, Position position);

        /** Somebody came to the topic or left, anywhere; in its order with the messages. */
        default void presence(Topic topic, PresenceChange change) {}

        /**
         * The topic's messages, and the changes of its presence, arrive from now on; of the latter some may have been missed.
         *
         * @param watched whether somebody may want to see who is there
         */
        default void attached(Topic topic, boolean watched) {}
    }
}
