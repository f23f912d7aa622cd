package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An event for the {@link Uplink}. */
sealed interface UplinkEvent {

    /**
     * A caller publishes a message.
     *
     * @param kept whether the topic's history takes it
     * @param done the uplink completes it
     */
    record Publish(Topic topic, boolean kept, Link.Entry entry, CompletableFuture<Position> done)
            implements UplinkEvent {}

    /** A caller wants the topic; {@code ready} completes once the present link carries it. */
    record Subscribe(Topic topic, CompletableFuture<Void> ready) implements UplinkEvent {}

    /** The topic is no longer wanted. */
    record Unsubscribe(Topic topic) implements UplinkEvent {}

    /** A caller reports on, or asks about, the presence of a topic. The uplink completes {@code done}. */
    record Presence(Topic topic, PresenceReport report, CompletableFuture<PresenceAnswer> done)
            implements UplinkEvent {}

    /** A link was opened. */
    record Opened(Link link) implements UplinkEvent {}

    /** A link could not be opened. */
    record OpenFailed(String reason) implements UplinkEvent {}

    /** A topic's delivery has carried out the order with this number. */
    record TopicDone(Topic topic, long order) implements UplinkEvent {}

    /** A topic's delivery has met a defect. It delivers nothing until it is started again. */
    record TopicFailed(Topic topic, long order) implements UplinkEvent {}

    /**
     * Redis has refused an operation that the topic's delivery needs. It delivers nothing until it is started again.
     */
    record TopicRefused(Topic topic, long order, String reason) implements UplinkEvent {}

    /** Time has passed. */
    record Tick() implements UplinkEvent {}

    /** The relay is closed. {@code ended} completes when nothing is delivered any more. */
    record Close(CompletableFuture<Void> ended) implements UplinkEvent {}

    /** An event of one link. It is ignored where that link is no longer the present one. */
    sealed interface OfLink extends UplinkEvent {
        Link link();
    }

    /** The link reports that it is lost. */
    record Lost(Link link, String reason) implements OfLink {}

    /** A topic's delivery cannot continue with the link. */
    record GiveUp(Link link, String reason) implements OfLink {}

    /** Redis has answered the batch under way. */
    record Published(Link link, List<Link.Answer> answers) implements OfLink {}

    /** The batch under way, or the probe's subscription, has failed. */
    record Failed(Link link, String reason) implements OfLink {}

    /** The probe's channels are subscribed. */
    record Listening(Link link) implements OfLink {}

    /** Bytes arrived on one of the probe's channels. */
    record ProbeArrived(Link link, byte[] bytes) implements OfLink {}
}
