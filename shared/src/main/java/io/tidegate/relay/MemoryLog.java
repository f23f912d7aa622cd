package io.tidegate.relay;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Position;
import io.tidegate.settings.Settings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this process keeps of one topic. Not for several threads at once. */
final class MemoryLog {
    private final Settings.History settings;
    private final String epoch = Retention.newEpoch();
    private final Deque<Message> messages = new ArrayDeque<>();
    private final RecentIds ids;
    private long offset;
    private long bytes;
    private long lastAppend;

    MemoryLog(Settings.History settings, long nanoTime) {
        this.settings = settings;
        this.ids = new RecentIds(Retention.ids(settings));
        this.lastAppend = nanoTime;
    }

    Position head() {
        return new Position(epoch, offset);
    }

    /** Where the message of this id stands; null where there is none that is remembered. */
    @Nullable
    Position positionOf(Optional<MessageId> id) {
        Long known = id.map(ids::offset).orElse(null);
        return known == null ? null : new Position(epoch, known);
    }

    Position append(Message message, Optional<MessageId> id, long nanoTime) {
        expire(nanoTime);
        lastAppend = nanoTime;
        offset++;
        id.ifPresent(present -> ids.add(present, offset));
        messages.add(message);
        bytes += message.payload().length;
        while (messages.size() > settings.size()) {
            dropOldest();
        }
        return head();
    }

    /** What follows a position, up to so many bytes but at least one message. */
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
            size += message.payload().length;
            page.add(message);
        }
        return new History(true, page, page.size() < missed);
    }

    /** Payload bytes that it holds. */
    long bytes() {
        return bytes;
    }

    /** Forgets the oldest message; false where there is none. */
    boolean dropOldest() {
        Message oldest = messages.poll();
        bytes -= oldest == null ? 0 : oldest.payload().length;
        return oldest != null;
    }

    /** Whether nobody who comes back could still use what it knows. */
    boolean isForgotten(long nanoTime) {
        return nanoTime - lastAppend > Retention.POSITION.toNanos();
    }

    /** Forgets the messages where the last one is too long ago. */
    void expire(long nanoTime) {
        if (nanoTime - lastAppend > settings.ttl().toNanos()) {
            messages.clear();
            bytes = 0;
        }
    }
}
