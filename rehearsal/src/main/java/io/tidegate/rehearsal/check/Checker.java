package io.tidegate.rehearsal.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Says whether what happened is what docs/protocol.md promises. It believes the journal alone: no client's positions are
 * compared but with those of others, and no client's view of what it missed is taken but the gaps that it was told.
 */
public final class Checker {
    private Checker() {}

    /**
     * Reads a journal to which nobody writes any more, and leaves it as it is.
     *
     * @param everyOrder a publisher's messages must keep their order whatever it knew; otherwise only one that was
     *     handed over after an earlier one had been acknowledged must come behind it
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
                    if (overtaking.known() || everyOrder) {
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
