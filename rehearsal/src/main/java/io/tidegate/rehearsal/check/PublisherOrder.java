package io.tidegate.rehearsal.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether each publisher's messages come in its order. It is told of a topic's messages in the order of the topic. */
final class PublisherOrder {
    private final Map<Integer, Placed> latest = new HashMap<>();
    private final List<Overtaking> overtakings = new ArrayList<>();

    /** The message that its publisher handed over last, of those that have come. */
    private record Placed(Payload payload, long handedOverAt) {}

    /**
     * A later message came first.
     *
     * @param known the earlier one had been acknowledged before the later one was handed over
     */
    record Overtaking(boolean known, String what) {}

    PublisherOrder() {}

    /** To go on from where the other one is, and leave that as it is. */
    PublisherOrder(PublisherOrder other) {
        latest.putAll(other.latest);
        overtakings.addAll(other.overtakings);
    }

    void next(Payload payload, Published publish) {
        Placed last = latest.get(payload.publisher());
        if (last == null || last.handedOverAt() < publish.handedOverAt) {
            latest.put(payload.publisher(), new Placed(payload, publish.handedOverAt));
            return;
        }
        boolean known = publish.acknowledgedAt < last.handedOverAt();
        String what = last.payload() + " came before " + payload;
        overtakings.add(new Overtaking(known, what + (known ? ", which was acknowledged before it was sent" : "")));
    }

    List<Overtaking> overtakings() {
        return overtakings;
    }
}
