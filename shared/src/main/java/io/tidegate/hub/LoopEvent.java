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

/** What others tell a {@link WriteLoop}. It takes these one after the other, in the order in which they were posted. */
sealed interface LoopEvent {

    /** Something that the relay says of a topic. */
    sealed interface OfTopic extends LoopEvent {
        Topic topic();
    }

    /**
     * Messages of a topic.
     *
     * @param bytes what this counts for while it waits
     * @param nanoTime when it came
     */
    record Arrived(TopicBatch batch, int bytes, long nanoTime) implements OfTopic {
        @Override
        public Topic topic() {
            return batch.topic();
        }
    }

    /** Messages of a topic are missing before this position, and cannot be had any more. */
    record Gap(Topic topic, Position position) implements OfTopic {}

    /** Somebody came to a topic or left, anywhere. */
    record PresenceTold(Topic topic, PresenceChange change) implements OfTopic {}

    /**
     * A topic's messages, and the changes of its presence, come from now on; of the latter some may have been missed.
     *
     * @param watched whether somebody may want to see who is there
     */
    record Attached(Topic topic, boolean watched) implements OfTopic {}

    /**
     * The relay has answered a report on a topic's presence.
     *
     * @param answer null where it could not be reached
     */
    record PresenceAnswered(
            Topic topic, TopicPresence presence, @Nullable PresenceAnswer answer) implements OfTopic {}

    /**
     * Messages of a topic had to be dropped, for too much waits.
     *
     * @param seen to be called before its subscribers are told, so that the next drop is told again
     */
    record Overflowed(Topic topic, Runnable seen) implements OfTopic {}

    /** The relay delivers the topic to this audience from now on. */
    record Carried(Topic topic, Audience audience) implements OfTopic {}

    /** The relay could not, or would not, deliver the topic. */
    record NotCarried(Topic topic, Audience audience) implements OfTopic {}

    /**
     * A topic had no subscriber left. The loop posts this to itself: what was posted before it, by who saw that the topic was
     * carried, comes first.
     *
     * @param time of how many at which it had none
     */
    record Emptied(Topic topic, Audience audience, int time) implements OfTopic {}

    /** Something that one connection asks, or that is done to it. */
    sealed interface OfConnection extends LoopEvent {
        Connection connection();
    }

    /** The handshake is decided: these topics are subscribed to from the start. */
    record Began(Connection connection, List<Topic> topics) implements OfConnection {}

    /** The handshake's answer is on the socket: frames may follow. */
    record Opened(Connection connection) implements OfConnection {}

    /**
     * Frames for the peer.
     *
     * @param turn whether this answers a frame of the peer's, which may then send another one
     */
    record Send(Connection connection, FrameBatch frames, boolean turn) implements OfConnection {}

    /** The answer to a ping, after which the peer may send another frame. */
    record Pong(Connection connection, FrameBatch frames) implements OfConnection {}

    /** A frame of the peer's that takes effect in its order with others on the same topic. */
    record Asked(Connection connection, Topic topic, ClientFrame frame) implements OfConnection {}

    /** The peer may do no more than this from now on: subscriptions to other topics end. */
    record Restricted(Connection connection, Rights rights) implements OfConnection {}

    /** The peer may no longer subscribe to this topic now. */
    record Expelled(Connection connection, Topic topic) implements OfConnection {}

    /** The peer has taken nothing of what is written to it for too long. */
    record Stalled(Connection connection) implements OfConnection {}

    /** Somebody wants to know what this connection is doing. */
    record Describe(Connection connection, CompletableFuture<Roster.Entry> told) implements OfConnection {}

    /** The relay has answered a publish. */
    record Published(Connection connection, @Nullable FrameBatch answer) implements OfConnection {}

    /**
     * A closing handshake begins, unless one has.
     *
     * @param code for the metrics
     * @param discard drop what waits before the frame
     */
    record Close(Connection connection, int code, String reason, FrameBatch frame, boolean discard)
            implements OfConnection {}

    /** Somebody wants to know when the close frame is out, or cannot be sent any more. */
    record AwaitFinished(Connection connection, Runnable told) implements OfConnection {}

    /** A defect of this server: the connection cannot go on. */
    record Failed(Connection connection) implements OfConnection {}

    /** TCP is gone, and nothing more will be asked. */
    record Ended(Connection connection) implements OfConnection {}

    /** The socket has taken the rest of a write, or has failed. */
    record Written(
            OutboundQueue queue, FrameBatch batch, @Nullable Exception failure) implements LoopEvent {}

    /** What a subscription has read. */
    sealed interface OfReading extends LoopEvent {
        Subscription subscription();
    }

    /**
     * A page of its topic's history.
     *
     * @param frames its messages; null where there are none
     */
    record PageRead(
            Subscription subscription,
            History page,
            @Nullable FrameBatch frames) implements OfReading {}

    /** The position of its topic's last message. */
    record HeadRead(Subscription subscription, Position head) implements OfReading {}

    /** Nothing: the relay is down, or has just gone down. */
    record ReadFailed(Subscription subscription) implements OfReading {}

    /** Somebody wants to know the topics that begin so and come behind another, with their numbers of subscriptions. */
    record Count(String prefix, String after, CompletableFuture<Map<String, Integer>> told) implements LoopEvent {}

    /** A node says of which trace a message is part. */
    record Traced(Traces.Word word) implements LoopEvent {}

    /** Time has passed. */
    record Tick(long nanoTime) implements LoopEvent {}
}
