package io.tidegate.rehearsal.scale;

/**
 * A pod as it was seen last.
 *
 * @param name short and unique
 * @param connections open connections, by the pod's own count
 * @param forced connections that the pod cut instead of draining
 * @param failure what went wrong; empty where nothing did
 */
record PodView(String name, Phase phase, int connections, int forced, String failure) {

    /** The phase of a pod's life. */
    enum Phase {
        STARTING,
        READY,
        LEAVING,
        GONE
    }

    /** Whether the pod counts as a replica: ready or not, but not leaving. */
    boolean isReplica() {
        return phase == Phase.STARTING || phase == Phase.READY;
    }
}
