package io.tidegate.relay;

import io.tidegate.protocol.MessageId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of the messages that had an id, the last ones: two generations, of which the older is dropped when the
 * younger is full. Not for several threads at once.
 */
final class RecentIds {
    private final int generation;
    private Map<MessageId, Long> younger = new HashMap<>();
    private Map<MessageId, Long> older = Map.of();

    /**
     * None yet.
     *
     * @param generation ids that are remembered at least, and half of those that are at most
     */
    RecentIds(int generation) {
        this.generation = generation;
    }

    @Nullable
    Long offset(MessageId id) {
        Long offset = younger.get(id);
        return offset == null ? older.get(id) : offset;
    }

    void add(MessageId id, long offset) {
        younger.put(id, offset);
        if (younger.size() >= generation) {
            older = younger;
            younger = new HashMap<>();
        }
    }
}
