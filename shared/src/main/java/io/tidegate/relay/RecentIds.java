package io.tidegate.relay;

import io.tidegate.protocol.MessageId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of the last messages that had an id, in two generations. When the younger generation ends, the older one
 * is dropped, as in {@code publish.lua}. Not for several threads at once.
 */
final class RecentIds {
    /**
     * The bytes of one id besides its text: the entry, the id, the string and its bytes, the offset, its part of the
     * table.
     */
    private static final int ENTRY_BYTES = 128;

    private static final int TABLES_BYTES = 128;

    private final Retention retention;
    private Map<MessageId, Long> younger = new HashMap<>();
    private Map<MessageId, Long> older = Map.of();
    private long youngerBytes = TABLES_BYTES;
    private long olderBytes;
    private boolean turnedOnce;
    private long turned;

    /** No ids yet. */
    RecentIds(Retention retention) {
        this.retention = retention;
    }

    @Nullable
    Long offset(MessageId id) {
        Long offset = younger.get(id);
        return offset == null ? older.get(id) : offset;
    }

    void add(MessageId id, long offset, long nanoTime) {
        younger.put(id, offset);
        youngerBytes += ENTRY_BYTES + id.json().length();
        int count = younger.size();
        boolean isOld = !turnedOnce || nanoTime - turned >= retention.ids().toNanos();
        if (count >= retention.mostIds() || (count >= retention.leastIds() && isOld)) {
            older = younger;
            olderBytes = youngerBytes;
            younger = new HashMap<>();
            youngerBytes = TABLES_BYTES;
            turnedOnce = true;
            turned = nanoTime;
        }
    }

    /**
     * Forgets the older generation, or the younger one where there is no older one. Returns false where there are no
     * ids.
     */
    boolean dropGeneration() {
        if (olderBytes > 0) {
            older = Map.of();
            olderBytes = 0;
            return true;
        }
        boolean any = !younger.isEmpty();
        younger = new HashMap<>();
        youngerBytes = TABLES_BYTES;
        return any;
    }

    /** The bytes of the heap that the ids take, about. */
    long bytes() {
        return youngerBytes + olderBytes;
    }
}
