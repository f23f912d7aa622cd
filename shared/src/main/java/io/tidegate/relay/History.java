package io.tidegate.relay;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import java.util.List;

/**
 * What a relay still holds behind a position.
 *
 * @param reaches false where something behind the position is no longer held, or nobody can tell; then there are no messages
 * @param after the position right before the first message. It is the one that was asked for, but where the topic was empty
 *     then: its messages are of an epoch that began with the first of them. {@link Position#NONE} where it does not reach
 * @param messages right behind that position, one by one
 * @param more whether others follow them
 */
public record History(boolean reaches, Position after, List<Message> messages, boolean more) {
    static final History LOST = new History(false, Position.NONE, List.of(), false);

    /** The position of the last message, or {@link #after} where there is none: from there on the next page is read. */
    public Position last() {
        return after.plus(messages.size());
    }
}
