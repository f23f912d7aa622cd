package io.tidegate.workload;

import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** The counts of virtual users' tokens. Any thread. */
public final class TokenTally {
    private static final int FAILURES = 10;

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger drains = new AtomicInteger();
    private final AtomicInteger askedInDrains = new AtomicInteger();
    private final AtomicInteger mostInADrain = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    void asked() {
        asked.incrementAndGet();
    }

    /** @param ofOne how often this client has been asked in this drain so far */
    void askedInDrain(int ofOne) {
        askedInDrains.incrementAndGet();
        mostInADrain.accumulateAndGet(ofOne, Math::max);
    }

    void drained() {
        drains.incrementAndGet();
    }

    /** @param reason in the client's words */
    void ended(String reason) {
        if (reason.startsWith("closed by the server: 4401")) {
            closed.incrementAndGet();
        } else if (reason.startsWith("refused with HTTP 401")) {
            refused.incrementAndGet();
        }
    }

    void failed(String failure) {
        if (failures.size() < FAILURES) {
            failures.add(failure);
        }
    }

    /** The number of calls of {@code token()}. */
    public int calls() {
        return asked.get();
    }

    /** The number of connections that ended with close code 4401. */
    public int closed() {
        return closed.get();
    }

    /** The largest number of calls of one client, from the notice of its node to the end of the hand-over. */
    public int mostInADrain() {
        return mostInADrain.get();
    }

    /** For a human. */
    public String text() {
        return "tokens asked for: " + asked + ", of these in " + drains + " hand-overs " + askedInDrains + ", at most "
                + mostInADrain + " in one; closed with 4401: " + closed + ", refused with 401: " + refused;
    }

    /** The errors, for a human. */
    public Collection<String> complaints() {
        Queue<String> all = new ConcurrentLinkedQueue<>(failures);
        if (closed.get() > 0) {
            all.add(closed + " connections were closed with 4401, and every token could be renewed");
        }
        if (mostInADrain.get() > 1) {
            all.add("a client asked for " + mostInADrain + " tokens in one hand-over");
        }
        return all;
    }
}
