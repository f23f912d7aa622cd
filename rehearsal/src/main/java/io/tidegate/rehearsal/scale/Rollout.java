package io.tidegate.rehearsal.scale;

/**
 * How a fleet's pods were replaced.
 *
 * @param phase from the first new pod until the fleet was at rest again
 * @param isComplete whether all pods were replaced in time
 * @param clients that were connected
 * @param moves of all clients together
 */
record Rollout(Phase phase, boolean isComplete, int clients, long moves) {
    double movesEach() {
        return (double) moves / clients;
    }
}
