package io.tidegate.hub;

import io.tidegate.access.Identity;
import io.tidegate.protocol.FrameCompression;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import java.util.List;
import java.util.Optional;

/**
 * The result of a handshake.
 *
 * @param topics the topics to which the connection subscribes from the start
 * @param refusal for a client that is refused by frames, because it cannot read an HTTP status
 * @param compression how frames to the peer are compressed; empty for not at all
 */
public record Peer(
        Wire wire,
        List<Topic> topics,
        Admission.Permit permit,
        Identity identity,
        Optional<Refusal> refusal,
        Optional<FrameCompression> compression) {
    /** A peer that is admitted. */
    public Peer(Wire wire, List<Topic> topics, Admission.Permit permit, Identity identity) {
        this(wire, topics, permit, identity, Optional.empty(), Optional.empty());
    }

    /** A peer that is told the reason of its refusal, and closed. */
    public static Peer refused(Wire wire, Admission.Permit permit, Refusal refusal) {
        return new Peer(wire, List.of(), permit, Identity.NOBODY, Optional.of(refusal), Optional.empty());
    }

    /** The same peer, with this compression of what it is sent. */
    public Peer compressed(Optional<FrameCompression> way) {
        return new Peer(wire, topics, permit, identity, refusal, way);
    }
}
