package io.tidegate.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Keeps every carrier of this JVM's virtual threads, once told so, until it is closed: no other virtual thread runs meanwhile. */
public final class BusyCarriers implements AutoCloseable {
    private final AtomicBoolean done = new AtomicBoolean();

    /** Management must answer though no virtual thread runs: a probe that hangs would end a pod that is only busy. */
    public static void assertManagementAnswers(int port) throws InterruptedException {
        try (BusyCarriers busy = new BusyCarriers();
                RawClient client = new RawClient(port)) {
            busy.occupy();
            for (String path : List.of("/health/live", "/metrics", "/connections")) {
                assertEquals(
                        200,
                        client.request(List.of("GET " + path + " HTTP/1.1", "Host: localhost"))
                                .status());
            }
        }
    }

    /** Returns once all are busy; to be called once, from a platform thread. */
    private void occupy() throws InterruptedException {
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
