package io.tidegate.relay;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import java.util.List;

/**
 * Consecutive messages of a topic, with none missing between them.
 *
 * @param first the position of the first message; {@link Position#NONE} where the messages have no position
 * @param messages at least one
 */
public record Segment(Position first, List<Message> messages) {

    /** One message. */
    static Segment of(Position position, Message message) {
        return new Segment(position, List.of(message));
    }

    /** Whether the messages have positions. */
    public boolean isKept() {
        return !first.equals(Position.NONE);
    }

    /** The position of the last message. */
    public Position last() {
        return first.plus(messages.size() - 1L);
    }
}
