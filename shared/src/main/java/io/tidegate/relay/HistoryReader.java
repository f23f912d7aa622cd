package io.tidegate.relay;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.concurrent.CompletionStage;

/** Reads the history of topics that have one. All methods return at once. */
public interface HistoryReader {
    /**
     * Reads the position of the topic's last message. The position of any message published from now on is behind it.
     * For a topic with a history.
     *
     * @return fails as {@link Relay#publish} does
     */
    CompletionStage<Position> head(Topic topic);

    /**
     * Reads the messages that were published behind a position, from the oldest on. For a topic with a history.
     *
     * @param maxBytes the limit of the answer: bytes of payload, plus 128 for each message. The answer can exceed it by
     *     one message, and holds at least one message if there is one
     * @return fails as {@link Relay#publish} does
     */
    CompletionStage<History> history(Topic topic, Position after, int maxBytes);

    /**
     * Reads the last messages that are held of a topic with a history, from the oldest of them on. This is one read: a
     * message that is published from now on is in the answer or behind it, also where the topic was empty.
     *
     * @param messages the largest number of messages
     * @param maxBytes as in {@link #history}
     * @return {@link History#reaches} is true; fails as {@link Relay#publish} does
     */
    CompletionStage<History> last(Topic topic, int messages, int maxBytes);
}
