package io.tidegate.relay;

import io.tidegate.protocol.Message;
import java.util.List;

/**
 * What a relay still holds behind a position.
 *
 * @param reaches false where something behind the position is no longer held, or the position is of another epoch than
 *     the topic's present one; then there are no messages
 * @param messages right behind the position, one by one
 * @param more whether others follow them
 */
public record History(boolean reaches, List<Message> messages, boolean more) {
    static final History LOST = new History(false, List.of(), false);
}
