package io.tidegate.rehearsal.hpa;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The replicas that were added or removed, and when. A policy allows what its period has not used up. */
final class ScaleEvents {
    private record Event(Duration at, int change) {}

    private final List<Event> events = new ArrayList<>();

    /**
     * Adds a change ({@code storeScaleEvent}). It replaces one that is older than this direction's longest period. Other
     * changes of that age still count for the other direction, whose periods may be longer.
     */
    void add(Duration now, int change, Duration longestPeriod) {
        Event event = new Event(now, change);
        for (int i = events.size() - 1; i >= 0; i--) {
            if (events.get(i).at().compareTo(now.minus(longestPeriod)) < 0) {
                events.set(i, event);
                return;
            }
        }
        events.add(event);
    }

    /** {@code getReplicasChangePerPeriod}. */
    int within(Duration period, Duration now) {
        Duration cutoff = now.minus(period);
        return events.stream()
                .filter(event -> event.at().compareTo(cutoff) > 0)
                .mapToInt(Event::change)
                .sum();
    }
}
