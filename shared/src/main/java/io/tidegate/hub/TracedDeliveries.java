package io.tidegate.hub;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Matches what a write loop has delivered with what other nodes tell about the traces of messages. For that loop's thread
 * alone.
 */
final class TracedDeliveries {
    /** The largest number of deliveries that wait for their notice, and of notices that wait for their delivery. */
    private static final int MOST = 4_096;

    private record Place(Topic topic, Position position) {}

    /** When a message arrived, and when it was in the queues of all subscribers. */
    private record Delivery(long arrivedNanos, long deliveredNanos) {}

    private final Map<Place, Delivery> deliveries = bounded();
    private final Map<Place, String> told = bounded();
    private final Traces traces;

    TracedDeliveries(Traces traces) {
        this.traces = traces;
    }

    /** These messages are in the queues of all their subscribers of this loop. */
    void delivered(LoopEvent.Arrived arrived, long nanoTime) {
        if (!traces.isOn() || !arrived.batch().isKept()) {
            return;
        }
        Delivery delivery = new Delivery(arrived.nanoTime(), nanoTime);
        for (int i = 0; i < arrived.batch().messages(); i++) {
            Place place = new Place(arrived.topic(), arrived.batch().first().plus(i));
            String traceparent = told.remove(place);
            if (traceparent == null) {
                deliveries.put(place, delivery);
            } else {
                add(place, traceparent, delivery);
            }
        }
    }

    /** A node says which trace a message belongs to. The message may arrive before or after this. */
    void told(Traces.Word word) {
        Place place = new Place(word.topic(), word.position());
        Delivery delivery = deliveries.remove(place);
        if (delivery == null) {
            told.put(place, word.traceparent());
        } else {
            add(place, word.traceparent(), delivery);
        }
    }

    private void add(Place place, String traceparent, Delivery delivery) {
        traces.delivered(place.topic(), traceparent, delivery.arrivedNanos(), delivery.deliveredNanos());
    }

    /** A map that drops its oldest entry when it has too many. */
    private static <V> Map<Place, V> bounded() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Place, V> eldest) {
                return size() > MOST;
            }
        };
    }
}
