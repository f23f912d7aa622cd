package io.tidegate.relay;

import io.tidegate.protocol.Position;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One connection to the system that joins the nodes. A link works, or it is lost. It is never repaired; a new link
 * replaces it.
 *
 * <p>So the recovery from every outage is the same as the start, and nothing of the old link (half a subscription, a
 * publish in a buffer) can mix with the new one. Any operation that fails makes the link lost.
 *
 * <p>The test {@code LinkContract} checks what every link promises. All methods can be called from any thread and
 * return at once, {@link #close} too. Code that depends on their results, or on {@link #lost}, runs on a thread of the
 * link, or on the thread that makes the link lost. So that code only posts to an owner's inbox, and takes no lock.
 */
interface Link {

    /** Something to publish. */
    sealed interface Outgoing {
        /** The channel on which it is published. */
        String channel();
    }

    /** Bytes for a channel. Redis keeps nothing of them. */
    record Plain(String channel, byte[] bytes) implements Outgoing {}

    /**
     * Messages of a topic with a history, in order. If the topic's count in Redis is behind {@code known}, a new epoch
     * begins with these messages.
     *
     * @param known the last position that this node knows, if any
     */
    record Kept(TopicKeys keys, Optional<Position> known, List<Entry> entries) implements Outgoing {
        @Override
        public String channel() {
            return keys.channel();
        }
    }

    /**
     * One message of a topic with a history.
     *
     * @param id empty where the message has no id
     */
    record Entry(String id, byte[] envelope) {}

    /**
     * The answer of Redis to one {@link Outgoing}. A refusal does not affect the others. The caller decides whether the
     * refusal concerns one topic or all of Redis.
     */
    sealed interface Answer {}

    /** Redis has published it. The positions are those of its messages; none for {@link Plain}. */
    record Taken(List<Position> positions) implements Answer {}

    /** Redis has not published it. The reason is one line for an operator. */
    record Refused(String reason) implements Answer {}

    /**
     * Publishes all in order. Only one call at a time: otherwise the order is not kept.
     *
     * @return one answer for each, in the same order
     */
    CompletableFuture<List<Answer>> publish(List<Outgoing> batch);

    /**
     * For each server that takes messages, one slot of Redis Cluster that is on the server. Where all messages go to
     * one server, this is any slot.
     */
    default List<Integer> slots() {
        return List.of(0);
    }

    /** Completes once every later message of the channel reaches the listener, one after the other. */
    CompletableFuture<Void> subscribe(String channel, Consumer<byte[]> listener);

    CompletableFuture<Void> unsubscribe(String channel);

    /**
     * Reads the last position of a topic. If the topic's count in Redis is behind {@code known}, a new epoch begins.
     *
     * @param known the last position that this node knows, if any
     */
    CompletableFuture<Attachment> attach(TopicKeys keys, Optional<Position> known);

    /** Reads the messages behind a position, up to about {@code maxBytes}. */
    CompletableFuture<History> history(TopicKeys keys, Position after, int maxBytes);

    /**
     * Reads the last messages that are held, from the oldest of them on: at most {@code messages}, up to about
     * {@code maxBytes}. {@link History#reaches} is false only where {@link #attach} was not called since Redis has kept
     * nothing.
     */
    CompletableFuture<History> last(TopicKeys keys, int messages, int maxBytes);

    /**
     * Reports the users of a topic on this node, and asks for the users on all nodes.
     *
     * @param trustMillis for how long this node knows that the relay could be reached
     */
    CompletableFuture<PresenceAnswer> presence(TopicKeys keys, PresenceReport report, long trustMillis);

    /**
     * Completes with the reason when the link is lost, whatever the cause. Completing it gives the link up. All other
     * futures of the link have then failed, or fail at once, with a {@link RelayUnavailableException}. Two failures do
     * not make the link lost: an operation that Redis refuses, and an operation of one topic that is answered late
     * ({@link RelayUnavailableException#isRefusal}).
     */
    CompletableFuture<String> lost();

    /** Gives the link up, and frees its resources soon afterwards, in the background. A second call does nothing. */
    void close();

    /** Opens links. */
    @FunctionalInterface
    interface Opener {
        /**
         * Starts to connect, and returns at once.
         *
         * @return completes within some seconds; fails with {@link RelayUnavailableException}, with one line for an
         *     operator, without secrets
         */
        CompletableFuture<Link> open();
    }
}
