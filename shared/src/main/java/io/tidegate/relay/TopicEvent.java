package io.tidegate.relay;

import io.tidegate.protocol.Position;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What is posted to a {@link TopicDelivery}. */
sealed interface TopicEvent {

    /** Subscribes on this link, and delivers first what was missed; answered once all is delivered as it arrives. */
    record Start(long order, Link link) implements TopicEvent {}

    /** Unsubscribes where there is a link; answered when nothing more is delivered. */
    record Stop(long order, Optional<Link> link) implements TopicEvent {}

    /** Delivers nothing, or again, from here on; it goes on counting. */
    record Mute(boolean muted) implements TopicEvent {}

    /** Delivers nothing more. */
    record End(CompletableFuture<Void> ended) implements TopicEvent {}

    /** What one link brings, from one start on. */
    record Feed(long order, Link link) {}

    /** What concerns one feed; ignored where that is no longer the present one. */
    sealed interface OfFeed extends TopicEvent {
        Feed feed();
    }

    /** The link carries the topic. */
    record Subscribed(Feed feed) implements OfFeed {}

    /** The bytes of a packet, or of a message where the topic has no history. */
    record Arrived(Feed feed, byte[] bytes) implements OfFeed {}

    /** Where the topic stands; what lies between that and what was delivered cannot be had where {@code skipping}. */
    record Attached(Feed feed, Attachment found, boolean skipping) implements OfFeed {}

    /** What the history holds behind what was delivered, of what there was when {@code head} was read. */
    record Page(Feed feed, Position head, History history) implements OfFeed {}

    /** Where the topic stands, after messages from {@code first} on have come before others that lie between. */
    record Doubted(Feed feed, Position first, Position head) implements OfFeed {}

    /** Redis has refused what was asked for the topic, while the link goes on. */
    record Refused(Feed feed, String reason) implements OfFeed {}

    /** The link carries the topic no more. */
    record Stopped(Feed feed) implements OfFeed {}
}
