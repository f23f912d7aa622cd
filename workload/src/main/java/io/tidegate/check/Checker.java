package io.tidegate.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Checks whether what happened is what docs/protocol.md promises. It uses only the journal: it compares positions only
 * between clients, and of a client's view of missed messages it uses only the reported gaps.
 */
public final class Checker {
    private Checker() {}

    /**
     * Checks a finished journal, without changing it.
     *
     * @param everyOrder true: a publisher's messages must keep their order, except that a message that the server refused
     *     and the client sent again may come behind messages that were handed over before its acknowledgement
     *     (docs/protocol.md, Publishing); false: only a message that was handed over after an earlier one was acknowledged
     *     must come after that one
     */
    public static Report check(Journal journal, boolean everyOrder) {
        List<Defect> defects = new ArrayList<>();
        long overtaken = 0;
        for (Topic topic : journal.topics()) {
            synchronized (topic) {
                PublisherOrder order = new PublisherOrder(topic.order);
                List<ObservedSegment> rest =
                        topic.observers.stream().map(ObservedSegment::rest).toList();
                defects.addAll(topic.defects);
                defects.addAll(new SegmentCheck(topic, topic.published, rest, order).defects());
                for (PublisherOrder.Overtaking overtaking : order.overtakings()) {
                    if (overtaking.known() || (everyOrder && !overtaking.refused())) {
                        defects.add(new Defect(Defect.Kind.REORDERED, topic.name, overtaking.what()));
                    } else {
                        overtaken++;
                    }
                }
            }
        }
        return new Report(List.copyOf(defects), overtaken);
    }
}
