package io.tidegate.charts.cluster;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What the clients saw. */
final class Tally {
    /** Messages sent, and frames received. */
    final LongAdder sent = new LongAdder();

    final LongAdder received = new LongAdder();

    /** Connections that their server handed over in order. */
    final LongAdder moved = new LongAdder();

    /** Handshakes that failed and were tried again. */
    final LongAdder refused = new LongAdder();

    private final Queue<String> drops = new ConcurrentLinkedQueue<>();

    /** A connection ended as it must not. */
    void drop(String how) {
        drops.add(how);
    }

    Queue<String> drops() {
        return drops;
    }
}
