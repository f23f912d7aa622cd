package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.concurrent.CompletionStage;

/** Reads what is held of topics with a history. All methods return at once. */
public interface HistoryReader {
    /**
     * Reads the position of the topic's last message: that of any message published from now on is behind it. For a topic
     * with a history.
     *
     * @return fails as {@link Relay#publish} does
     */
    CompletionStage<Position> head(Topic topic);

    /**
     * Reads what has been published behind a position, from the oldest on. For a topic with a history.
     *
     * @param maxBytes of payload, and 128 for each message; the answer may be larger by one message, and holds at least
     *     one where there is one
     * @return fails as {@link Relay#publish} does
     */
    CompletionStage<History> history(Topic topic, Position after, int maxBytes);

    /**
     * Reads the last messages that are held of a topic with a history, from the oldest of them on.
     *
     * @param messages how many, at most
     * @param maxBytes as in {@link #history}
     * @return does not reach where nobody has published to the topic; fails as {@link Relay#publish} does
     */
    CompletionStage<History> last(Topic topic, int messages, int maxBytes);
}
