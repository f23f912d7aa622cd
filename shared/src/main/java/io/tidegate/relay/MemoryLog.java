package io.tidegate.relay;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this process keeps of one topic to which messages were published. Not for several threads at once. */
final class MemoryLog {
    /** The bytes of a message besides its payload: the record, the array, its place in the queue. */
    private static final int MESSAGE_BYTES = 64;

    /** The bytes of a topic besides its name: this log, its epoch, the queue, its place among the topics. */
    private static final int TOPIC_BYTES = 320;

    private final Retention retention;
    private final String epoch;
    private final long born;
    private Deque<Message> messages = new ArrayDeque<>(1);
    private @Nullable RecentIds ids;
    private long offset;
    private long payload;
    private long lastAppend;

    /**
     * A log without messages.
     *
     * @param born when its first message arrives, by the clock of {@link EmptyPosition}
     */
    MemoryLog(Retention retention, String epoch, long born) {
        this.retention = retention;
        this.epoch = epoch;
        this.born = born;
    }

    Position head() {
        return new Position(epoch, offset);
    }

    long born() {
        return born;
    }

    long lastAppend() {
        return lastAppend;
    }

    /** The position of the message with this id; null where no such message is remembered. */
    @Nullable
    Position positionOf(Optional<MessageId> id, long nanoTime) {
        expire(nanoTime);
        RecentIds known = ids;
        Long found = known == null || id.isEmpty() ? null : known.offset(id.get());
        return found == null ? null : new Position(epoch, found);
    }

    Position append(Message message, Optional<MessageId> id, long nanoTime) {
        expire(nanoTime);
        lastAppend = nanoTime;
        offset++;
        if (id.isPresent()) {
            ids = ids == null ? new RecentIds(retention) : ids;
            ids.add(id.get(), offset, nanoTime);
        }
        if (retention.size() > 0) {
            messages.add(message);
            payload += message.payload().length;
        }
        while (messages.size() > retention.size() || (messages.size() > 1 && counted() > retention.bytes())) {
            dropMessage();
        }
        return head();
    }

    /** The number of messages held. */
    int size() {
        return messages.size();
    }

    private long counted() {
        return payload + (long) Retention.OVERHEAD * messages.size();
    }

    /** The messages behind a position, up to {@code maxBytes}, but at least one message. */
    History after(Position after, int maxBytes, long nanoTime) {
        expire(nanoTime);
        long missed = offset - after.offset();
        if (!after.epoch().equals(epoch) || missed < 0 || missed > messages.size()) {
            return History.LOST;
        }
        Iterator<Message> kept = messages.iterator();
        for (long skip = messages.size() - missed; skip > 0; skip--) {
            kept.next();
        }
        List<Message> page = new ArrayList<>();
        int size = 0;
        while (kept.hasNext() && (size < maxBytes || page.isEmpty())) {
            Message message = kept.next();
            size += message.payload().length + Retention.OVERHEAD;
            page.add(message);
        }
        return new History(true, after, page, page.size() < missed);
    }

    /** The bytes of the heap that the log takes, about: messages, ids, and the topic itself. */
    long bytes() {
        return TOPIC_BYTES + payload + (long) MESSAGE_BYTES * messages.size() + (ids == null ? 0 : ids.bytes());
    }

    /**
     * Forgets the oldest message. Where there is no message, forgets a generation of ids. Returns false where there is
     * neither.
     */
    boolean dropOldest() {
        return dropMessage() || (ids != null && ids.dropGeneration());
    }

    private boolean dropMessage() {
        Message oldest = messages.poll();
        if (oldest == null) {
            return false;
        }
        payload -= oldest.payload().length;
        if (messages.isEmpty()) {
            // An ArrayDeque never shrinks, so a new one replaces it.
            messages = new ArrayDeque<>(1);
        }
        return true;
    }

    /** Forgets the messages, and the ids, if the last message is too old. */
    void expire(long nanoTime) {
        long idle = nanoTime - lastAppend;
        if (idle > retention.ttl().toNanos() && !messages.isEmpty()) {
            messages = new ArrayDeque<>(1);
            payload = 0;
        }
        if (idle > retention.ids().toNanos()) {
            ids = null;
        }
    }
}
