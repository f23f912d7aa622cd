package io.tidegate.relay;

import io.tidegate.protocol.Position;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** An event for a {@link TopicDelivery}. */
sealed interface TopicEvent {

    /**
     * Subscribes on this link, and first delivers the missed messages. It is answered when messages are delivered as
     * they arrive.
     */
    record Start(long order, Link link) implements TopicEvent {}

    /** Unsubscribes where there is a link. It is answered when nothing more is delivered. */
    record Stop(long order, Optional<Link> link) implements TopicEvent {}

    /** Stops or resumes the delivery from here on. The position advances in both cases. */
    record Mute(boolean muted) implements TopicEvent {}

    /** Ends the delivery. */
    record End(CompletableFuture<Void> ended) implements TopicEvent {}

    /** The messages that one link brings, from one start on. */
    record Feed(long order, Link link) {}

    /** An event of one feed. It is ignored where that feed is no longer the present one. */
    sealed interface OfFeed extends TopicEvent {
        Feed feed();
    }

    /** The link carries the topic. */
    record Subscribed(Feed feed) implements OfFeed {}

    /** The bytes of a packet, or of a message where the topic has no history. */
    record Arrived(Feed feed, byte[] bytes) implements OfFeed {}

    /**
     * The topic's state. If {@code skipping}, the messages between the delivered position and that state cannot be
     * delivered.
     */
    record Attached(Feed feed, Attachment found, boolean skipping) implements OfFeed {}

    /**
     * The messages in the history behind the delivered position. {@code head} is the topic's last position when the
     * topic was attached.
     */
    record Page(Feed feed, Position head, History history) implements OfFeed {}

    /**
     * The topic's last position, read because messages from {@code first} on have arrived before the messages in front
     * of them.
     */
    record HeadChecked(Feed feed, Position first, Position head) implements OfFeed {}

    /** Redis has refused an operation of the topic, while the link stays up. */
    record Refused(Feed feed, String reason) implements OfFeed {}

    /** The link no longer carries the topic. */
    record Stopped(Feed feed) implements OfFeed {}
}
