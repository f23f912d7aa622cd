package io.tidegate.node;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * Tells Kubernetes what it costs to delete this pod: its connections. Of the pods of a ReplicaSet that shrinks the cheapest go
 * first, so that the fewest clients move (Kubernetes, "Pod deletion cost").
 *
 * <p>The API server has every write in its watches: there is one at most in an interval, and only where the number has changed by
 * more than a tenth.
 */
final class DeletionCost implements AutoCloseable {
    static final String ANNOTATION = "controller.kubernetes.io/pod-deletion-cost";
    private static final System.Logger LOG = System.getLogger(DeletionCost.class.getName());

    private final Pod pod;
    private final IntSupplier connections;
    private final Duration interval;
    private final Thread thread =
            Thread.ofVirtual().name("tidegate-deletion-cost").unstarted(this::run);

    /** What the pod's annotation says; less than 0 before the first write. */
    private int written = -1;

    private boolean isFailing;

    /** Where it is written. */
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
            // Closed.
        }
    }

    /** Writes the number where it is another one. What fails is tried again by the next look, and told once. */
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
                    "Kubernetes is not told what this pod costs, so a shrinking fleet may lose a full one: {0}",
                    e.toString());
            isFailing = true;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
