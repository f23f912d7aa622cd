package io.tidegate.hub;

import io.tidegate.access.Identity;
import io.tidegate.protocol.FrameCompression;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import java.util.List;
import java.util.Optional;

/**
 * What the handshake settled.
 *
 * @param topics what the connection subscribes to from the start
 * @param refusal for a client that is refused by frames, since it cannot read an HTTP status
 * @param compression of what it is sent
 */
public record Peer(
        Wire wire,
        List<Topic> topics,
        Admission.Permit permit,
        Identity identity,
        Optional<Refusal> refusal,
        Optional<FrameCompression> compression) {
    /** One that is let in. */
    public Peer(Wire wire, List<Topic> topics, Admission.Permit permit, Identity identity) {
        this(wire, topics, permit, identity, Optional.empty(), Optional.empty());
    }

    /** One that is told why not, and closed. */
    public static Peer refused(Wire wire, Admission.Permit permit, Refusal refusal) {
        return new Peer(wire, List.of(), permit, Identity.NOBODY, Optional.of(refusal), Optional.empty());
    }

    /** The same, and what it is sent is compressed where there is a way. */
    public Peer compressed(Optional<FrameCompression> way) {
        return new Peer(wire, topics, permit, identity, refusal, way);
    }
}
