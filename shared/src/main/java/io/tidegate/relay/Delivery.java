package io.tidegate.relay;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where one topic's messages go, whichever link brings them: one at a time, and from one link only. Two links know nothing
 * of each other, and the threads of a lost one may still run; so the last {@link #listener} made is the one that counts, and
 * no old message comes after a new one.
 */
final class Delivery {
    private final ReentrantLock lock = new ReentrantLock();
    private final Consumer<byte[]> arrivals;
    private @Nullable Object current;
    private volatile boolean muted;

    Delivery(Consumer<byte[]> arrivals) {
        this.arrivals = arrivals;
    }

    /** For the next link; those made before deliver nothing from now on. */
    Consumer<byte[]> listener() {
        Object mine = new Object();
        exchange(mine);
        return bytes -> {
            lock.lock();
            try {
                if (!muted && current == mine) {
                    arrivals.accept(bytes);
                }
            } finally {
                lock.unlock();
            }
        };
    }

    /** Delivers nothing, or again, from the next message on. */
    void mute(boolean muted) {
        this.muted = muted;
    }

    /** Delivers nothing more, and returns once nothing is being delivered. */
    void end() {
        exchange(null);
    }

    private void exchange(@Nullable Object next) {
        lock.lock();
        try {
            current = next;
        } finally {
            lock.unlock();
        }
    }
}
