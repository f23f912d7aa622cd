package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What is posted to the {@link Uplink}. */
sealed interface UplinkEvent {

    /**
     * A caller wants this published.
     *
     * @param kept whether the topic's history takes it
     * @param done is completed by the uplink
     */
    record Publish(Topic topic, boolean kept, Link.Entry entry, CompletableFuture<Position> done)
            implements UplinkEvent {}

    /** A caller wants the topic; {@code ready} completes once the present link carries it. */
    record Subscribe(Topic topic, CompletableFuture<Void> ready) implements UplinkEvent {}

    /** Nobody wants the topic any more. */
    record Unsubscribe(Topic topic) implements UplinkEvent {}

    /** Somebody reports on, or asks about, the presence of a topic; {@code done} is completed by the uplink. */
    record Presence(Topic topic, PresenceReport report, CompletableFuture<PresenceAnswer> done)
            implements UplinkEvent {}

    /** The link that was being opened is there. */
    record Opened(Link link) implements UplinkEvent {}

    /** It is not. */
    record OpenFailed(String reason) implements UplinkEvent {}

    /** A topic's delivery has done what it was told with this number. */
    record TopicDone(Topic topic, long order) implements UplinkEvent {}

    /** It has met a defect, and delivers nothing until it is started anew. */
    record TopicFailed(Topic topic, long order) implements UplinkEvent {}

    /** Redis has refused what the topic's delivery needs; it delivers nothing until it is started again. */
    record TopicRefused(Topic topic, long order, String reason) implements UplinkEvent {}

    /** Time has passed. */
    record Tick() implements UplinkEvent {}

    /** The relay ends; {@code ended} completes when nothing is delivered any more. */
    record Close(CompletableFuture<Void> ended) implements UplinkEvent {}

    /** What concerns one link; ignored where that is no longer the present one. */
    sealed interface OfLink extends UplinkEvent {
        Link link();
    }

    /** The link says that it is lost. */
    record Lost(Link link, String reason) implements OfLink {}

    /** A topic cannot go on with the link. */
    record GiveUp(Link link, String reason) implements OfLink {}

    /** Redis has answered the batch under way. */
    record Published(Link link, List<Link.Answer> answers) implements OfLink {}

    /** The batch under way, or the probe's subscription, has failed. */
    record Failed(Link link, String reason) implements OfLink {}

    /** The probe's channel is subscribed. */
    record Listening(Link link) implements OfLink {}

    /** Something arrived on the probe's channel. */
    record ProbeArrived(Link link, byte[] bytes) implements OfLink {}
}
