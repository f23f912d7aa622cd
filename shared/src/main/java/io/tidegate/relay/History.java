package io.tidegate.relay;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import java.util.List;

/**
 * The messages that a relay still holds behind a position.
 *
 * @param reaches false where a message behind the position is no longer held, or the relay cannot know whether it is;
 *     then {@code messages} is empty
 * @param after the position right before the first message. It is the position that was asked for, except where the
 *     topic was empty at that position: then its epoch is the one that began with the first message.
 *     {@link Position#NONE} where {@code reaches} is false
 * @param messages the messages right behind that position, with none missing between them
 * @param more whether more messages follow
 */
public record History(boolean reaches, Position after, List<Message> messages, boolean more) {
    static final History LOST = new History(false, Position.NONE, List.of(), false);

    /** Nothing was published behind this position. */
    static History none(Position position) {
        return new History(true, position, List.of(), false);
    }

    /**
     * The position of the last message, or {@link #after} where there is no message. The next page is read from there.
     */
    public Position last() {
        return after.plus(messages.size());
    }
}
