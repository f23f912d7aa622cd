package io.tidegate.hub;

import io.tidegate.access.Rights;
import io.tidegate.protocol.ClientFrame;
import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.History;
import io.tidegate.relay.PresenceAnswer;
import io.tidegate.relay.PresenceChange;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An event that other threads post to a {@link WriteLoop}. The loop takes events one by one, in the order in which they
 * were posted.
 */
sealed interface LoopEvent {

    /** An event from the relay about a topic. */
    sealed interface OfTopic extends LoopEvent {
        Topic topic();
    }

    /**
     * Messages of a topic.
     *
     * @param bytes how many bytes the messages count for while they wait
     * @param nanoTime when the messages came
     */
    record Arrived(TopicBatch batch, int bytes, long nanoTime) implements OfTopic {
        @Override
        public Topic topic() {
            return batch.topic();
        }
    }

    /** Messages of a topic are missing before this position, and cannot be read any more. */
    record Gap(Topic topic, Position position) implements OfTopic {}

    /** A user has joined or left a topic, on any node. */
    record PresenceTold(Topic topic, PresenceChange change) implements OfTopic {}

    /**
     * From now on the topic's messages and presence changes come. Presence changes may have been missed before.
     *
     * @param watched whether somebody may want to see the topic's presence
     */
    record Attached(Topic topic, boolean watched) implements OfTopic {}

    /**
     * The relay has answered a report on a topic's presence.
     *
     * @param answer null where the relay could not be reached
     */
    record PresenceAnswered(
            Topic topic, TopicPresence presence, @Nullable PresenceAnswer answer) implements OfTopic {}

    /**
     * Messages of a topic were dropped, because too much waits.
     *
     * @param seen to be called before the subscribers are told, so that the next drop is reported again
     */
    record Overflowed(Topic topic, Runnable seen) implements OfTopic {}

    /** The relay delivers the topic to this audience from now on. */
    record Carried(Topic topic, Audience audience) implements OfTopic {}

    /** The relay could not deliver the topic, or refused to. */
    record NotCarried(Topic topic, Audience audience) implements OfTopic {}

    /**
     * A topic has no subscriber left. The loop posts this to itself: events come first that were posted before it by a
     * thread that saw that the topic was carried.
     *
     * @param time the count of the topic's emptyings, this one included
     */
    record Emptied(Topic topic, Audience audience, int time) implements OfTopic {}

    /** An event of one connection. */
    sealed interface OfConnection extends LoopEvent {
        Connection connection();
    }

    /** The handshake has been accepted: the connection subscribes to these topics from the start. */
    record Began(Connection connection, List<Topic> topics) implements OfConnection {}

    /** The handshake's answer is on the socket: frames may follow. */
    record Opened(Connection connection) implements OfConnection {}

    /**
     * Frames for the peer.
     *
     * @param turn whether this answers a frame of the peer, which may then send another
     */
    record Send(Connection connection, FrameBatch frames, boolean turn) implements OfConnection {}

    /** The answer to a ping, after which the peer may send another frame. */
    record Pong(Connection connection, FrameBatch frames) implements OfConnection {}

    /** A frame of the peer that takes effect in its order with other frames on the same topic. */
    record Asked(Connection connection, Topic topic, ClientFrame frame) implements OfConnection {}

    /** From now on the peer has only these rights. Subscriptions to other topics end. */
    record Restricted(Connection connection, Rights rights) implements OfConnection {}

    /** The peer must not stay subscribed to this topic. */
    record Expelled(Connection connection, Topic topic) implements OfConnection {}

    /** For too long the peer has taken nothing of what is written to it. */
    record Stalled(Connection connection) implements OfConnection {}

    /** An operator asks for the state of this connection. */
    record Describe(Connection connection, CompletableFuture<Roster.Entry> told) implements OfConnection {}

    /** The relay has answered a publish. */
    record Published(Connection connection, @Nullable FrameBatch answer) implements OfConnection {}

    /**
     * A closing handshake begins, unless one has begun already.
     *
     * @param code for the metrics
     * @param discard drop what waits before the frame
     */
    record Close(Connection connection, int code, String reason, FrameBatch frame, boolean discard)
            implements OfConnection {}

    /** A thread asks to be told when the close frame is written, or cannot be sent any more. */
    record AwaitFinished(Connection connection, Runnable told) implements OfConnection {}

    /** A defect of this server: the connection cannot continue. */
    record Failed(Connection connection) implements OfConnection {}

    /** TCP is gone. No more events of this connection come. */
    record Ended(Connection connection) implements OfConnection {}

    /** The socket has taken the rest of a write, or the write has failed. */
    record Written(
            OutboundQueue queue, FrameBatch batch, @Nullable Exception failure) implements LoopEvent {}

    /** The result of a read for a subscription. */
    sealed interface OfReading extends LoopEvent {
        Subscription subscription();
    }

    /**
     * A page of the topic's history.
     *
     * @param frames the page's messages; null where the page has none
     */
    record PageRead(
            Subscription subscription,
            History page,
            @Nullable FrameBatch frames) implements OfReading {}

    /** The position of the topic's last message. */
    record HeadRead(Subscription subscription, Position head) implements OfReading {}

    /** The read has failed: the relay is down, or has just gone down. */
    record ReadFailed(Subscription subscription) implements OfReading {}

    /**
     * Asks for the topics whose names start with a prefix and sort after another name, with their numbers of
     * subscriptions.
     */
    record Count(String prefix, String after, CompletableFuture<Map<String, Integer>> told) implements LoopEvent {}

    /** A node says which trace a message belongs to. */
    record Traced(Traces.Word word) implements LoopEvent {}

    /** Time has passed. */
    record Tick(long nanoTime) implements LoopEvent {}
}
