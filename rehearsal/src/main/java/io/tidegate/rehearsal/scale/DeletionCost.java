package io.tidegate.rehearsal.scale;

import java.time.Duration;

/**
 * The deletion cost of a pod as the pod would tell it to Kubernetes: its connections, at most once in an interval, and
 * only if they have changed by more than a tenth. Here is no API server, so the rehearsal applies the server's rule to
 * the pod's own count. One thread counts, any thread reads.
 */
final class DeletionCost {
    private final long intervalNanos;
    private boolean isTold;
    private long told;
    private volatile int cost;

    /**
     * A pod that has told nothing: Kubernetes takes its cost for 0.
     *
     * @param interval between two writes, in real time
     */
    DeletionCost(Duration interval) {
        this.intervalNanos = interval.toNanos();
    }

    int get() {
        return cost;
    }

    void count(int connections, long nanoTime) {
        boolean isDue = !isTold || nanoTime - told >= intervalNanos;
        if (isDue && (!isTold || Math.abs(connections - cost) * 10L > cost)) {
            isTold = true;
            told = nanoTime;
            cost = connections;
        }
    }
}
