package io.tidegate.rehearsal.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Says whether what happened is what docs/protocol.md promises. It believes the journal alone: no client's positions are
 * compared but with those of others, and no client's view of what it missed is taken but the gaps that it was told.
 */
public final class Checker {
    private final List<Defect> defects = new ArrayList<>();
    private final boolean everyOrder;
    private long overtaken;

    private Checker(boolean everyOrder) {
        this.everyOrder = everyOrder;
    }

    /**
     * Reads a journal to which nobody writes any more.
     *
     * @param everyOrder a publisher's messages must keep their order whatever it knew; otherwise only one that was
     *     handed over after an earlier one had been acknowledged must come behind it
     */
    public static Report check(Journal journal, boolean everyOrder) {
        Checker checker = new Checker(everyOrder);
        journal.topics().forEach(checker::check);
        return new Report(List.copyOf(checker.defects), checker.overtaken);
    }

    private void check(Journal.Topic topic) {
        defects.addAll(topic.contradictions);
        checkPositions(topic);
        topic.observers.forEach(observer -> checkSequence(topic, observer));
        TopicOrder order = new TopicOrder(topic.observers);
        order.contradiction().ifPresent(what -> add(Defect.Kind.REORDERED, topic, what));
        topic.observers.stream()
                .filter(observer -> observer.complete)
                .forEach(observer -> checkComplete(topic, observer, order));
        checkPublishers(topic, order);
    }

    /** A payload is kept once. */
    private void checkPositions(Journal.Topic topic) {
        Map<Long, String> positions = new HashMap<>();
        topic.payloadAt.forEach((position, payload) -> {
            String other = positions.putIfAbsent(payload, position);
            if (other != null) {
                add(
                        Defect.Kind.DUPLICATED,
                        topic,
                        Payload.unpacked(payload) + " is at " + other + " and at " + position);
            }
        });
    }

    private void checkSequence(Journal.Topic topic, Journal.Observer observer) {
        Set<Long> seen = new HashSet<>();
        observer.received.stream()
                .filter(payload -> payload != Journal.Observer.GAP)
                .forEach(payload -> {
                    if (!seen.add(payload)) {
                        add(
                                Defect.Kind.DUPLICATED,
                                topic,
                                observer.name + " got " + Payload.unpacked(payload) + " twice");
                    }
                    if (!topic.published.containsKey(payload)) {
                        add(Defect.Kind.FOREIGN, topic, observer.name + " got " + Payload.unpacked(payload));
                    }
                });
    }

    private void checkComplete(Journal.Topic topic, Journal.Observer observer, TopicOrder order) {
        Set<Long> seen = new HashSet<>();
        observer.received.stream().forEach(seen::add);
        Gaps gaps = Gaps.of(observer, order);
        topic.published.forEach((payload, publish) -> {
            if (publish.isAcknowledged() && !seen.contains(payload) && !gaps.cover(order.rank(payload))) {
                add(Defect.Kind.LOST, topic, Payload.unpacked(payload) + " never came to " + observer.name);
            }
        });
    }

    private void checkPublishers(Journal.Topic topic, TopicOrder order) {
        Map<Integer, List<Placed>> byPublisher = new LinkedHashMap<>();
        topic.published.forEach((packed, publish) -> {
            Payload payload = Payload.unpacked(packed);
            order.rank(packed)
                    .ifPresent(rank -> byPublisher
                            .computeIfAbsent(payload.publisher(), unknown -> new ArrayList<>())
                            .add(new Placed(payload, publish, rank)));
        });
        byPublisher.values().forEach(placed -> checkPublisher(topic, placed));
    }

    /** A publish and where it came in the order of the topic. */
    private record Placed(Payload payload, Journal.Published publish, int rank) {}

    private void checkPublisher(Journal.Topic topic, List<Placed> placed) {
        for (int later = 1; later < placed.size(); later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                if (placed.get(later).rank() < placed.get(earlier).rank()) {
                    overtaken(topic, placed.get(earlier), placed.get(later));
                }
            }
        }
    }

    private void overtaken(Journal.Topic topic, Placed first, Placed second) {
        boolean known = first.publish().acknowledgedAt < second.publish().handedOverAt;
        if (known || everyOrder) {
            String what = second.payload() + " came before " + first.payload();
            add(Defect.Kind.REORDERED, topic, what + (known ? ", which was acknowledged before it was sent" : ""));
        } else {
            overtaken++;
        }
    }

    private void add(Defect.Kind kind, Journal.Topic topic, String what) {
        defects.add(new Defect(kind, topic.name, what));
    }

    /** The stretches of which an observer was told that they are missing, by the ranks around them. */
    private record Gaps(List<int[]> stretches) {

        static Gaps of(Journal.Observer observer, TopicOrder order) {
            List<int[]> stretches = new ArrayList<>();
            int before = -1;
            boolean open = false;
            for (int i = 0; i < observer.received.size(); i++) {
                long payload = observer.received.get(i);
                if (payload == Journal.Observer.GAP) {
                    open = true;
                } else {
                    int rank = order.rank(payload).orElse(before);
                    if (open) {
                        stretches.add(new int[] {before, rank});
                    }
                    before = rank;
                    open = false;
                }
            }
            if (open) {
                stretches.add(new int[] {before, Integer.MAX_VALUE});
            }
            return new Gaps(stretches);
        }

        /** What nobody has received has no rank, and may lie in any gap. */
        boolean cover(OptionalInt rank) {
            return rank.isEmpty()
                    ? !stretches.isEmpty()
                    : stretches.stream().anyMatch(gap -> gap[0] < rank.getAsInt() && rank.getAsInt() < gap[1]);
        }
    }
}
