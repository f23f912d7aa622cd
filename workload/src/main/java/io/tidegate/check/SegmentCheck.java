package io.tidegate.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Judges a part of a topic's history by itself. */
final class SegmentCheck {
    private final List<Defect> defects = new ArrayList<>();
    private final Topic topic;
    private final Map<Long, Published> published;
    private final TopicOrder order;

    /**
     * Judges the part.
     *
     * @param published the publishes of this part
     * @param publishers gets the messages of this part
     */
    SegmentCheck(
            Topic topic, Map<Long, Published> published, List<ObservedSegment> segments, PublisherOrder publishers) {
        this.topic = topic;
        this.published = published;
        this.order = new TopicOrder(segments, published);
        segments.forEach(this::checkSequence);
        order.contradiction().ifPresent(what -> add(Defect.Kind.REORDERED, what));
        segments.forEach(this::checkComplete);
        order.payloads().forEach(payload -> {
            Published publish = published.get(payload);
            if (publish != null) {
                publishers.next(Payload.unpacked(payload), publish);
            }
        });
    }

    List<Defect> defects() {
        return defects;
    }

    private void checkSequence(ObservedSegment segment) {
        Set<Long> seen = new HashSet<>();
        for (long payload : segment.received) {
            if (payload == Journal.Observer.GAP) {
                continue;
            }
            if (!seen.add(payload) || topic.hasForgotten(Payload.unpacked(payload))) {
                add(Defect.Kind.DUPLICATED, segment.name + " got " + Payload.unpacked(payload) + " twice");
            } else if (!published.containsKey(payload)) {
                add(Defect.Kind.FOREIGN, segment.name + " got " + Payload.unpacked(payload));
            }
        }
    }

    private void checkComplete(ObservedSegment segment) {
        Set<Long> seen = new HashSet<>();
        Arrays.stream(segment.received).forEach(seen::add);
        Expected expected = Expected.of(segment, order);
        published.forEach((payload, publish) -> {
            if (publish.isAcknowledged()
                    && !seen.contains(payload)
                    && expected.includes(publish, order.rank(payload))) {
                defects.add(Defect.lost(topic.name, Payload.unpacked(payload), segment.name));
            }
        });
    }

    private void add(Defect.Kind kind, String what) {
        defects.add(new Defect(kind, topic.name, what));
    }

    /**
     * What an observer must have received.
     *
     * @param gaps the reported gaps, by the ranks around them
     * @param first the rank of the observer's first message
     * @param last the rank of the observer's last message
     */
    private record Expected(ObservedSegment segment, List<int[]> gaps, int first, int last) {

        static Expected of(ObservedSegment segment, TopicOrder order) {
            List<int[]> gaps = new ArrayList<>();
            int first = Integer.MAX_VALUE;
            int before = -1;
            boolean open = false;
            for (long payload : segment.received) {
                if (payload == Journal.Observer.GAP) {
                    open = true;
                } else {
                    int rank = order.rank(payload).orElse(before);
                    if (open) {
                        gaps.add(new int[] {before, rank});
                    }
                    first = Math.min(first, rank);
                    before = rank;
                    open = false;
                }
            }
            if (open) {
                gaps.add(new int[] {before, Integer.MAX_VALUE});
            }
            return new Expected(segment, gaps, first, before);
        }

        /**
         * Whether the observer must have received this publish. A message that no observer has received has no rank, and
         * may be in any gap.
         */
        boolean includes(Published publish, OptionalInt rank) {
            // If no observer has both of two messages, their order is arbitrary. So a lower rank alone does not mean
            // that a message was earlier.
            if (publish.handedOverAt > segment.until) {
                return false;
            }
            boolean begun = publish.handedOverAt > segment.since;
            if (rank.isEmpty()) {
                return begun && segment.toEnd && !segment.hadGap;
            }
            int at = rank.getAsInt();
            return (begun || at > first)
                    && (segment.toEnd || at < last)
                    && gaps.stream().noneMatch(gap -> gap[0] < at && at < gap[1]);
        }
    }
}
