package io.tidegate.chaos;

import io.tidegate.workload.Timeline;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients of one kind, which report to a journal what they publish and receive. */
abstract class ClientPool implements AutoCloseable {
    private static final int SHOWN = 10;

    final AtomicInteger live = new AtomicInteger();
    final AtomicInteger pending = new AtomicInteger();
    final Timeline reconnects = new Timeline();
    final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final String name;

    ClientPool(String name) {
        this.name = name;
    }

    final String name() {
        return name;
    }

    /** The number of clients with a connection that delivers. */
    int live() {
        return live.get();
    }

    abstract int size();

    /** Begins to publish, if these clients publish. */
    abstract void publish();

    /** Stops to publish. */
    abstract void stop();

    /** The number of unacknowledged publishes. */
    int pending() {
        return pending.get();
    }

    /** Reconnects: all connections except the first one of each client. */
    Timeline reconnects() {
        return reconnects;
    }

    /** The first errors that the checker does not see, for a human. */
    List<String> complaints() {
        return complaints.stream().distinct().limit(SHOWN).toList();
    }

    @Override
    public abstract void close();
}
