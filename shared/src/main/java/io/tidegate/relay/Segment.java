package io.tidegate.relay;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import java.util.List;

/**
 * Messages of a topic that follow each other, with nothing missing between them.
 *
 * @param first the position of the first; {@link Position#NONE} where the topic has none
 * @param messages at least one
 */
public record Segment(Position first, List<Message> messages) {

    /** One message. */
    static Segment of(Position position, Message message) {
        return new Segment(position, List.of(message));
    }

    /** Whether they have positions. */
    public boolean isKept() {
        return !first.equals(Position.NONE);
    }

    /** The position of the last. */
    public Position last() {
        return first.plus(messages.size() - 1L);
    }
}
