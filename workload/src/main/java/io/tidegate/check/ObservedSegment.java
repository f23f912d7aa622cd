package io.tidegate.check;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one observer has received in the judged part of a topic's history. */
final class ObservedSegment {
    final String name;
    final long[] received;
    /** Whether the observer must have received everything up to the end of this part. */
    final boolean toEnd;
    /** The observer must have received what was handed over after this event. */
    final long since;
    /** The observer cannot have received what was handed over after this event. */
    final long until;

    final boolean hadGap;

    ObservedSegment(Journal.Observer observer, long[] received, boolean toEnd) {
        this.name = observer.name;
        this.received = received;
        this.toEnd = toEnd;
        this.since = observer.since;
        this.until = observer.until;
        this.hadGap = observer.hadGap;
    }

    /** Everything of an observer that is not forgotten. */
    static ObservedSegment rest(Journal.Observer observer) {
        return new ObservedSegment(observer, observer.received.stream().toArray(), observer.toEnd && !observer.ended);
    }

    /** The first index of each message, in the order of reception. */
    Map<Long, Integer> firstPlaces() {
        Map<Long, Integer> places = new LinkedHashMap<>();
        Arrays.stream(received)
                .filter(payload -> payload != Journal.Observer.GAP)
                .forEach(payload -> places.putIfAbsent(payload, places.size()));
        return places;
    }
}
