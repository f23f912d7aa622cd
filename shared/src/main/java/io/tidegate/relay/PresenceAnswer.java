package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Present;
import java.util.List;
import java.util.Optional;

/**
 * What the relay answers to a {@link PresenceReport}.
 *
 * @param outcome what has become of it
 * @param settled whether every node has said whom it has since somebody began to watch
 * @param version of the presence after the report; each change has the next one. A new epoch begins where the relay knows nothing
 *     of what was before
 * @param list everybody who is there, where that was asked
 */
public record PresenceAnswer(Outcome outcome, boolean settled, Position version, Optional<List<Present>> list) {

    /** What has become of a report. */
    public enum Outcome {
        TAKEN,
        /** Nobody watches: the node need not report any more. */
        UNWATCHED,
        /** The relay knows nothing of this node, or not any more: it has to say all that it has. */
        UNKNOWN
    }
}
