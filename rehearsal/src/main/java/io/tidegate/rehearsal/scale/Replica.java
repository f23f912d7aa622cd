package io.tidegate.rehearsal.scale;

/** A pod as its ReplicaSet sees it. */
interface Replica {
    Slot slot();

    /** The number of the pod template from which the pod was made; a rollout begins a new one. */
    int revision();

    PodView.Phase phase();

    /** The pod's deletion cost; 0 where it tells none. */
    int cost();

    PodView view();

    /** Begins the pod's end. */
    void leave();

    /** Ends the pod at once. */
    void kill();
}
