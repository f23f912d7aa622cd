package io.tidegate.hub;

import io.tidegate.protocol.FrameBatch;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one topic on their way to the topic's subscribers. They are framed once for each wire format, by the write
 * loop that needs the frames first. A loop that needs them meanwhile waits, because framing takes microseconds and would
 * take the second loop as long.
 */
final class TopicBatch {
    private final Topic topic;
    private final Position first;
    private final List<Message> messages;

    /** The batches that this one is joined from, whose frames are reused; empty where it is not joined. */
    private final List<TopicBatch> parts;

    private volatile @Nullable FrameBatch plain;
    private volatile @Nullable FrameBatch full;

    /**
     * Messages that follow each other.
     *
     * @param first the position of the first message; {@link Position#NONE} where the messages have none
     */
    TopicBatch(Topic topic, Position first, List<Message> messages) {
        this(topic, first, messages, List.of());
    }

    private TopicBatch(Topic topic, Position first, List<Message> messages, List<TopicBatch> parts) {
        this.topic = topic;
        this.first = first;
        this.messages = messages;
        this.parts = parts;
    }

    /** Joins batches of one topic that follow each other. */
    static TopicBatch join(List<TopicBatch> parts) {
        TopicBatch head = parts.getFirst();
        if (parts.size() == 1) {
            return head;
        }
        List<Message> messages = new ArrayList<>();
        parts.forEach(part -> messages.addAll(part.messages));
        return new TopicBatch(head.topic, head.first, messages, parts);
    }

    Topic topic() {
        return topic;
    }

    /** The number of messages. */
    int messages() {
        return messages.size();
    }

    /** Whether this batch follows another batch of the topic, so that both can be joined. */
    boolean follows(TopicBatch before) {
        return isKept() ? first.equals(before.last().plus(1)) : !before.isKept();
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
        FrameBatch present = framed(wire);
        return present == null ? frame(wire) : present;
    }

    private @Nullable FrameBatch framed(Wire wire) {
        return wire.resumes() ? full : plain;
    }

    private synchronized FrameBatch frame(Wire wire) {
        FrameBatch present = framed(wire);
        if (present != null) {
            return present;
        }
        FrameBatch made = parts.isEmpty()
                ? wire.encode(topic, first, messages)
                : FrameBatch.join(parts.stream().map(part -> part.frames(wire)).toList());
        if (wire.resumes()) {
            full = made;
        } else {
            plain = made;
        }
        return made;
    }

    /** The messages of this batch that come after a position of the same epoch. */
    TopicBatch behind(Position position) {
        long known = Math.clamp(position.offset() - first.offset() + 1, 0, messages.size());
        return new TopicBatch(topic, first.plus(known), messages.subList((int) known, messages.size()));
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }
}
