package io.tidegate.relay;

import io.tidegate.protocol.Position;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One connection to what joins the nodes. It works, or it is lost; it is never repaired but replaced by a new one.
 *
 * <p>So there is one way back from every outage, the same as at the start, and nothing of the old link (half a
 * subscription, a publish in a buffer) can mix with the new. Any operation that fails makes the link lost.
 *
 * <p>What every link promises is held by {@code LinkContract}. All methods may be called from any thread and return at once,
 * {@link #close} too. What depends on their results, or on {@link #lost}, runs on a thread of the link, or on the one
 * that loses it: so it only posts to an owner's inbox, and takes no lock.
 */
interface Link {

    /** Something to publish. */
    sealed interface Outgoing {}

    /** Bytes for a channel; nothing of them is kept. */
    record Plain(String channel, byte[] bytes) implements Outgoing {}

    /**
     * Messages of a topic with a history, in order. Where the topic's count is behind what this node knows, a new epoch begins
     * with them.
     *
     * @param known the last position that this node knows, if any
     */
    record Kept(TopicKeys keys, Optional<Position> known, List<Entry> entries) implements Outgoing {}

    /**
     * One of them.
     *
     * @param id empty where it has none
     */
    record Entry(String id, byte[] envelope) {}

    /**
     * What Redis says to one of them. What it refuses leaves the others as they are: who was told of the refusal judges
     * whether it concerns one topic or all of Redis.
     */
    sealed interface Answer {}

    /** It is published, with these positions: none for {@link Plain}. */
    record Taken(List<Position> positions) implements Answer {}

    /** It is not; the reason is one line for an operator. */
    record Refused(String reason) implements Answer {}

    /**
     * Publishes all in order; one call at a time, or their order is not kept.
     *
     * @return one answer for each, in the same order
     */
    CompletableFuture<List<Answer>> publish(List<Outgoing> batch);

    /** Completes once what is published to the channel from then on reaches the listener, one after the other. */
    CompletableFuture<Void> subscribe(String channel, Consumer<byte[]> listener);

    CompletableFuture<Void> unsubscribe(String channel);

    /**
     * Where a topic stands: its last position. Where its count is behind what this node knows, a new epoch begins.
     *
     * @param known the last position that this node knows, if any
     */
    CompletableFuture<Attachment> attach(TopicKeys keys, Optional<Position> known);

    /** What follows a position, up to about so many bytes. */
    CompletableFuture<History> history(TopicKeys keys, Position after, int maxBytes);

    /** So many of the last messages that are held, from the oldest of them on, up to about so many bytes. */
    CompletableFuture<History> last(TopicKeys keys, int messages, int maxBytes);

    /**
     * Says who is in a topic on this node, and asks who is in all.
     *
     * @param trustMillis for which this node knows that the relay could be reached
     */
    CompletableFuture<PresenceAnswer> presence(TopicKeys keys, PresenceReport report, long trustMillis);

    /**
     * Completes with the reason when the link is lost, for whatever reason; to complete it is to give the link up. All
     * other futures of the link have then failed, or do so at once, with a {@link RelayUnavailableException}. An operation
     * that Redis refuses, or one of a topic that is answered late, fails alone ({@link RelayUnavailableException#isRefusal}).
     */
    CompletableFuture<String> lost();

    /**
     * Gives the link up, and frees what it holds soon after that, in the background. Closing again is harmless.
     */
    void close();

    /** Makes links. */
    @FunctionalInterface
    interface Opener {
        /**
         * Begins to connect, and returns at once.
         *
         * @return completes within some seconds; fails with {@link RelayUnavailableException}, with one line for an
         *     operator, without secrets
         */
        CompletableFuture<Link> open();
    }
}
