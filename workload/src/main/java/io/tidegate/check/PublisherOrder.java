package io.tidegate.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks whether each publisher's messages come in the publisher's order. It gets a topic's messages in the order of the
 * topic.
 */
final class PublisherOrder {
    private final Map<Integer, Placed> latest = new HashMap<>();
    private final List<Overtaking> overtakings = new ArrayList<>();

    /** Of the messages that have come, the one that its publisher handed over last. */
    private record Placed(Payload payload, long handedOverAt) {}

    /**
     * A later message came first.
     *
     * @param known whether the earlier message was acknowledged before the later one was handed over
     * @param refused whether the server refused the earlier message at least once, so that it was sent again
     */
    record Overtaking(boolean known, boolean refused, String what) {}

    PublisherOrder() {}

    /** A copy, which continues from the state of the other one. */
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
        overtakings.add(new Overtaking(
                known, publish.refused, what + (known ? ", which was acknowledged before it was sent" : "")));
    }

    List<Overtaking> overtakings() {
        return overtakings;
    }
}
