package io.tidegate.hub;

import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one topic on their way to its subscribers, framed once for each way to write them. Framing is lazy; should two
 * threads do it at once, both come to the same.
 */
final class TopicBatch {
    private final Topic topic;
    private final Position first;
    private final List<Message> messages;
    private @Nullable FrameBatch plain;
    private @Nullable FrameBatch full;

    /**
     * Messages that follow each other.
     *
     * @param first the position of the first; {@link Position#NONE} where they have none
     */
    TopicBatch(Topic topic, Position first, List<Message> messages) {
        this.topic = topic;
        this.first = first;
        this.messages = messages;
    }

    Position first() {
        return first;
    }

    boolean isKept() {
        return !first.equals(Position.NONE);
    }

    Position last() {
        return first.plus(messages.size() - 1L);
    }

    FrameBatch frames(Wire wire) {
        FrameBatch present = wire.resumes() ? full : plain;
        if (present != null) {
            return present;
        }
        FrameBatch made = wire.encode(topic, first, messages);
        if (wire.resumes()) {
            full = made;
        } else {
            plain = made;
        }
        return made;
    }

    /** What of it comes behind a position of the same epoch. */
    TopicBatch behind(Position position) {
        long known = Math.clamp(position.offset() - first.offset() + 1, 0, messages.size());
        return new TopicBatch(topic, first.plus(known), messages.subList((int) known, messages.size()));
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }
}
