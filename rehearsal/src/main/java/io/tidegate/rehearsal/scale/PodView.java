package io.tidegate.rehearsal.scale;

/**
 * A pod, as it was seen last.
 *
 * @param name short, and no other pod's
 * @param connections open ones, by its own count
 * @param forced those that it cut in place of letting them go
 * @param failure what went wrong; empty where nothing did
 */
record PodView(String name, Phase phase, int connections, int forced, String failure) {

    /** Where in its life a pod is. */
    enum Phase {
        STARTING,
        READY,
        LEAVING,
        GONE
    }

    /** Whether it counts as a replica: ready or not, but not leaving. */
    boolean isReplica() {
        return phase == Phase.STARTING || phase == Phase.READY;
    }
}
