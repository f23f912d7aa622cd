package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Present;
import java.util.List;
import java.util.Optional;

/**
 * The relay's answer to a {@link PresenceReport}.
 *
 * @param outcome what happened to the report
 * @param settled whether every node has reported its users since the topic began to be watched
 * @param version the version of the presence after the report. Each change has the next version. A new epoch begins
 *     where the relay knows nothing of the earlier presence
 * @param list all users of the topic, where the report asked for them
 */
public record PresenceAnswer(Outcome outcome, boolean settled, Position version, Optional<List<Present>> list) {

    /** What happened to a report. */
    public enum Outcome {
        TAKEN,
        /** The topic is not watched, so the node can stop its reports. */
        UNWATCHED,
        /** The relay does not know this node, or has forgotten it. The node must report all its users. */
        UNKNOWN
    }
}
