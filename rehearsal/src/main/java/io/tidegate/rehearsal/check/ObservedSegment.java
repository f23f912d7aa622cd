package io.tidegate.rehearsal.check;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one observer has got in the part of a topic's history that is judged. */
final class ObservedSegment {
    final String name;
    final long[] received;
    /** It is to have all to the end of this part. */
    final boolean toEnd;
    /** It is to have what was handed over after this event. */
    final long since;
    /** Not what was handed over after this one. */
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

    /** All that is left of it. */
    static ObservedSegment rest(Journal.Observer observer) {
        return new ObservedSegment(observer, observer.received.stream().toArray(), observer.toEnd && !observer.ended);
    }

    /** Where it has each message first, in its order. */
    Map<Long, Integer> firstPlaces() {
        Map<Long, Integer> places = new LinkedHashMap<>();
        Arrays.stream(received)
                .filter(payload -> payload != Journal.Observer.GAP)
                .forEach(payload -> places.putIfAbsent(payload, places.size()));
        return places;
    }
}
