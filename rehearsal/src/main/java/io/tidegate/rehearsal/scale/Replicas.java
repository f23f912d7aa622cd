package io.tidegate.rehearsal.scale;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * Keeps a number of pods and replaces them in a rollout, like a Deployment with its ReplicaSets. The rehearsal's thread
 * changes it, any thread reads it.
 */
final class Replicas {
    /**
     * The order in which a ReplicaSet deletes pods: those that are not ready first, then the cheapest, then the youngest
     * (Kubernetes, "Scaling a ReplicaSet").
     */
    private static final Comparator<Replica> FIRST_TO_LEAVE = Comparator.comparing(
                    (Replica pod) -> pod.phase() == PodView.Phase.READY)
            .thenComparing(Replica::cost);

    private final List<Slot> slots;
    private final RollingUpdate update;
    private final Start start;
    private final List<Replica> pods = new CopyOnWriteArrayList<>();
    private int wanted;
    private int revision = 1;

    /** Starts a pod. */
    @FunctionalInterface
    interface Start {
        /**
         * Starts a pod.
         *
         * @param number of this pod in the order in which all pods start
         */
        Replica start(Slot slot, int number, int revision);
    }

    /** No pods yet. */
    Replicas(List<Slot> slots, RollingUpdate update, Start start) {
        this.slots = slots;
        this.update = update;
        this.start = start;
    }

    /** The wanted number of pods. The HPA reads it: a rollout has more pods, and must not make the fleet grow. */
    int wanted() {
        return wanted;
    }

    /** All pods that ever started, in the order of their start. */
    List<Replica> all() {
        return pods;
    }

    /** Sets the wanted number of pods. */
    void scale(int replicas) {
        wanted = replicas;
        step();
    }

    /** Begins to replace every pod. */
    void replaceAll() {
        revision++;
        step();
    }

    /** Whether all pods are of the newest revision and ready, and all others are gone. */
    boolean isComplete() {
        return pods.stream()
                .filter(pod -> pod.phase() != PodView.Phase.GONE)
                .allMatch(pod -> isNew(pod) && pod.phase() == PodView.Phase.READY);
    }

    /**
     * Starts and dismisses pods as far as it is allowed now. In a rollout the next step becomes possible when a new pod is
     * ready.
     */
    void step() {
        int most = wanted + (old().findAny().isPresent() ? update.surge(wanted) : 0);
        while (count() < most && staying().filter(this::isNew).count() < wanted) {
            pods.add(start.start(freeSlot(), pods.size(), revision));
        }
        long notReady = staying()
                .filter(pod -> isNew(pod) && pod.phase() != PodView.Phase.READY)
                .count();
        dismiss(old(), count() - (wanted - update.unavailable(wanted)) - notReady);
        if (old().findAny().isEmpty()) {
            dismiss(staying(), count() - wanted);
        }
    }

    /** The number of pods that count as replicas: ready or not, but not leaving. */
    private int count() {
        return (int) staying().count();
    }

    private void dismiss(Stream<Replica> candidates, long most) {
        candidates
                .sorted(FIRST_TO_LEAVE.thenComparing(pods::indexOf, Comparator.reverseOrder()))
                .limit(Math.max(0, most))
                .forEach(Replica::leave);
    }

    private Stream<Replica> staying() {
        return pods.stream().filter(pod -> pod.phase() == PodView.Phase.STARTING || pod.phase() == PodView.Phase.READY);
    }

    private Stream<Replica> old() {
        return staying().filter(pod -> !isNew(pod));
    }

    private boolean isNew(Replica pod) {
        return pod.revision() == revision;
    }

    private Slot freeSlot() {
        List<Slot> taken = pods.stream()
                .filter(pod -> pod.phase() != PodView.Phase.GONE)
                .map(Replica::slot)
                .toList();
        // The slot that was used longest ago, so that a pod's name is reused late.
        return slots.stream()
                .filter(slot -> !taken.contains(slot))
                .min(Comparator.comparingInt(this::lastUse))
                .orElseThrow(() -> new UnplayableException("more pods than slots: " + slots.size()));
    }

    private int lastUse(Slot slot) {
        for (int i = pods.size() - 1; i >= 0; i--) {
            if (pods.get(i).slot().equals(slot)) {
                return i;
            }
        }
        return -1;
    }

    void killAll() {
        pods.forEach(Replica::kill);
    }
}
