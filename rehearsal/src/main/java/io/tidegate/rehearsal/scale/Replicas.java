package io.tidegate.rehearsal.scale;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Keeps a number of pods, like a ReplicaSet. The scaling thread changes it, any thread reads it. */
final class Replicas {
    private final List<Slot> slots;
    private final BiFunction<Slot, Integer, Pod> start;
    private final List<Pod> pods = new CopyOnWriteArrayList<>();

    /**
     * No pods yet.
     *
     * @param start starts a pod in a slot, with the pod's number
     */
    Replicas(List<Slot> slots, BiFunction<Slot, Integer, Pod> start) {
        this.slots = slots;
        this.start = start;
    }

    /** The number of pods that count as replicas: ready or not, but not leaving. */
    int count() {
        return in(PodView.Phase.STARTING).size() + in(PodView.Phase.READY).size();
    }

    List<Pod> in(PodView.Phase phase) {
        return pods.stream().filter(pod -> pod.phase() == phase).toList();
    }

    /** All pods that ever started, in the order of their start. */
    List<Pod> all() {
        return pods;
    }

    /** Starts or dismisses pods until there are this many. */
    void scale(int replicas) {
        while (count() < replicas) {
            pods.add(start.apply(freeSlot(), pods.size()));
        }
        // Pods that are not ready leave first, then the youngest: the order of a ReplicaSet for otherwise equal pods.
        List<Pod> candidates =
                new ArrayList<>(Stream.concat(in(PodView.Phase.STARTING).stream(), in(PodView.Phase.READY).stream())
                        .toList());
        candidates.sort(Comparator.comparing((Pod pod) -> pod.phase() == PodView.Phase.READY)
                .thenComparing(pods::indexOf, Comparator.reverseOrder()));
        candidates.stream().limit(Math.max(0, count() - replicas)).forEach(Pod::leave);
    }

    private Slot freeSlot() {
        List<Slot> taken = pods.stream()
                .filter(pod -> pod.phase() != PodView.Phase.GONE)
                .map(pod -> pod.slot)
                .toList();
        // The slot that was used longest ago, so that a pod's name is reused late.
        return slots.stream()
                .filter(slot -> !taken.contains(slot))
                .min(Comparator.comparingInt(this::lastUse))
                .orElseThrow(() -> new UnplayableException("more pods than slots: " + slots.size()));
    }

    private int lastUse(Slot slot) {
        for (int i = pods.size() - 1; i >= 0; i--) {
            if (pods.get(i).slot.equals(slot)) {
                return i;
            }
        }
        return -1;
    }

    void killAll() {
        pods.forEach(Pod::kill);
    }
}
