package io.tidegate.node;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * Tells Kubernetes the deletion cost of this pod: its number of connections. When a ReplicaSet shrinks, Kubernetes first
 * deletes the pods with the lowest cost, so that the fewest clients move (Kubernetes, "Pod deletion cost").
 *
 * <p>The API server sends every write to its watchers, so writes are limited: at most one in an interval, and only when
 * the number has changed by more than a tenth.
 */
final class DeletionCost implements AutoCloseable {
    static final String ANNOTATION = "controller.kubernetes.io/pod-deletion-cost";
    private static final System.Logger LOG = System.getLogger(DeletionCost.class.getName());

    private final Pod pod;
    private final IntSupplier connections;
    private final Duration interval;
    private final Thread thread =
            Thread.ofVirtual().name("tidegate-deletion-cost").unstarted(this::run);

    /** The number in the pod's annotation; less than 0 before the first write. */
    private int written = -1;

    private boolean isFailing;

    /** Where the annotation is written. */
    @FunctionalInterface
    interface Pod {
        void annotate(String annotation, String value) throws IOException, InterruptedException;
    }

    DeletionCost(Pod pod, IntSupplier connections, Duration interval) {
        this.pod = pod;
        this.connections = connections;
        this.interval = interval;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                look();
                Thread.sleep(interval);
            }
        } catch (InterruptedException e) {
            // The node was closed.
        }
    }

    /** Writes the number if it has changed. A failed write is retried by the next look, and logged once. */
    void look() throws InterruptedException {
        int now = connections.getAsInt();
        if (written >= 0 && Math.abs(now - written) * 10L <= written) {
            return;
        }
        try {
            pod.annotate(ANNOTATION, String.valueOf(now));
            written = now;
            isFailing = false;
        } catch (IOException e) {
            LOG.log(
                    isFailing ? Level.DEBUG : Level.WARNING,
                    "Cannot write the deletion cost of this pod, so Kubernetes may remove a full pod when the fleet"
                            + " shrinks: {0}",
                    e.toString());
            isFailing = true;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
