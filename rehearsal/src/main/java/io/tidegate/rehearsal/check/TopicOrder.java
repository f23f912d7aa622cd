package io.tidegate.rehearsal.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one order of a topic that all its observers can have seen, if there is one. Messages that no observers put in an order
 * are in that of their publishing: who left before the one or came after the other says nothing of the two.
 */
final class TopicOrder {
    private final Map<Long, Set<Long>> followers = new LinkedHashMap<>();
    private final Map<Long, Integer> predecessors = new HashMap<>();
    private final Map<Long, Integer> rank = new LinkedHashMap<>();
    private final List<ObservedSegment> segments;

    TopicOrder(List<ObservedSegment> segments, Map<Long, Published> published) {
        this.segments = segments;
        segments.forEach(this::read);
        sort(Comparator.comparingLong(payload -> {
            Published publish = published.get(payload);
            return publish == null ? Long.MAX_VALUE : publish.handedOverAt;
        }));
    }

    /** Its place, counted from 0; empty where nobody has received it, or observers disagree about it. */
    OptionalInt rank(long payload) {
        Integer at = rank.get(payload);
        return at == null ? OptionalInt.empty() : OptionalInt.of(at);
    }

    /** All that have a place, in their order. */
    Set<Long> payloads() {
        return rank.keySet();
    }

    /** Two observers that cannot both be right. */
    Optional<String> contradiction() {
        if (rank.size() == followers.size()) {
            return Optional.empty();
        }
        List<Places> all = segments.stream()
                .map(segment -> new Places(segment.name, segment.firstPlaces()))
                .toList();
        for (Places one : all) {
            List<Long> sequence = new ArrayList<>(one.at().keySet());
            for (int i = 1; i < sequence.size(); i++) {
                for (Places other : all) {
                    if (other.has(sequence.get(i), sequence.get(i - 1))) {
                        return Optional.of(one.name() + " got " + Payload.unpacked(sequence.get(i - 1)) + " before "
                                + Payload.unpacked(sequence.get(i)) + ", " + other.name() + " the other way round");
                    }
                }
            }
        }
        return Optional.of(followers.size() - rank.size() + " messages of which more than two observers disagree");
    }

    /** Where one observer had each payload first. */
    private record Places(String name, Map<Long, Integer> at) {

        boolean has(long first, long second) {
            Integer one = at.get(first);
            Integer other = at.get(second);
            return one != null && other != null && one < other;
        }
    }

    private void read(ObservedSegment segment) {
        @Nullable Set<Long> after = null;
        for (long payload : segment.firstPlaces().keySet()) {
            if (after != null && after.add(payload)) {
                predecessors.merge(payload, 1, Integer::sum);
            }
            after = followersOf(payload);
        }
    }

    private Set<Long> followersOf(long payload) {
        return followers.computeIfAbsent(payload, unknown -> new HashSet<>());
    }

    private void sort(Comparator<Long> byPublishing) {
        Queue<Long> free = new PriorityQueue<>(byPublishing);
        followers.keySet().stream()
                .filter(payload -> !predecessors.containsKey(payload))
                .forEach(free::add);
        while (!free.isEmpty()) {
            long payload = free.remove();
            rank.put(payload, rank.size());
            for (long follower : followersOf(payload)) {
                if (predecessors.merge(follower, -1, Integer::sum) == 0) {
                    free.add(follower);
                }
            }
        }
    }
}
