package io.tidegate.check;

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
 * The order of a topic that agrees with all of its observers, if there is one. Messages whose order no observer shows are
 * in the order of publishing: an observer that left before one message, or came after the other, shows nothing about
 * their order.
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

    /** The message's rank, from 0; empty where no observer has received it, or observers disagree about it. */
    OptionalInt rank(long payload) {
        Integer at = rank.get(payload);
        return at == null ? OptionalInt.empty() : OptionalInt.of(at);
    }

    /** All messages with a rank, in order. */
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

    /** The first index of each payload at one observer. */
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
