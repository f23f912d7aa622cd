package io.tidegate.relay;

import io.tidegate.protocol.Topic;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The presence of each topic that is watched, in this process. Its owner is {@link MemoryTopics}. */
final class MemoryPresence {
    private final PresenceTimes times;
    private final Supplier<String> epochs;

    /** In the order of their last report, so that topics expire from the front. */
    private final SequencedMap<Topic, PresenceState> topics = new LinkedHashMap<>();

    MemoryPresence(PresenceTimes times, Supplier<String> epochs) {
        this.times = times;
        this.epochs = epochs;
    }

    boolean isWatched(Topic topic) {
        return topics.containsKey(topic);
    }

    /** See {@link PresenceState#report}. In one process every node was always able to report. */
    PresenceAnswer report(Topic topic, PresenceReport report, long now, ToIntFunction<PresenceChange> publish) {
        expire(now);
        @Nullable PresenceState known = topics.remove(topic);
        PresenceState state = known == null ? new PresenceState(times) : known;
        PresenceAnswer answer = state.report(report, now, Long.MAX_VALUE, epochs, publish);
        if (state.isKnown()) {
            topics.putLast(topic, state);
        }
        return answer;
    }

    private void expire(long now) {
        Iterator<PresenceState> oldest = topics.sequencedValues().iterator();
        while (oldest.hasNext() && oldest.next().isOver(now)) {
            oldest.remove();
        }
    }
}
