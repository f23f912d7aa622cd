package io.tidegate.testing;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Keeps every carrier of this JVM's virtual threads, once told so, until it is closed: no other virtual thread runs meanwhile. */
public final class BusyCarriers implements AutoCloseable {
    private final AtomicBoolean done = new AtomicBoolean();

    /** Returns once all are busy; to be called once, from a platform thread. */
    public void occupy() throws InterruptedException {
        int carriers = Integer.getInteger(
                "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
        CountDownLatch busy = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            Thread.startVirtualThread(() -> {
                busy.countDown();
                while (!done.get()) {
                    Thread.onSpinWait();
                }
            });
        }
        busy.await();
    }

    @Override
    public void close() {
        done.set(true);
    }
}
