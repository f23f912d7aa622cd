package io.tidegate.helidon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReadBudgetTest {
    private final AtomicInteger pauses = new AtomicInteger();
    private final List<Long> rests = new ArrayList<>();
    private final InflationPace pace = new InflationPace(() -> 0);
    private final ReadBudget budget = new ReadBudget(pauses::incrementAndGet, rests::add, pace);

    @Test
    void aTurnEndsWithItsFrames() {
        for (int i = 1; i < ReadBudget.FRAMES; i++) {
            budget.frame();
        }
        assertEquals(0, pauses.get());
        budget.frame();
        assertEquals(1, pauses.get());
    }

    @Test
    void aTurnEndsWithItsBytes() {
        budget.bytes(ReadBudget.BYTES - 1);
        assertEquals(0, pauses.get());
        budget.bytes(1);
        assertEquals(1, pauses.get());
    }

    @Test
    void eachTurnHasAWholeBudget() {
        budget.bytes(ReadBudget.BYTES - 1);
        for (int i = 0; i < ReadBudget.FRAMES; i++) {
            budget.frame();
        }
        assertEquals(1, pauses.get());
        budget.bytes(ReadBudget.BYTES - 1);
        for (int i = 1; i < ReadBudget.FRAMES; i++) {
            budget.frame();
        }
        assertEquals(1, pauses.get());
    }

    /** Before the next message, and not between the last one and its endpoint. */
    @Test
    void whoHasInflatedATurnRestsBeforeItInflatesMore() {
        budget.beforeInflating();
        budget.inflated(ReadBudget.BYTES - 1);
        budget.beforeInflating();
        budget.inflated(1);
        assertEquals(List.of(), rests);
        budget.beforeInflating();
        budget.beforeInflating();
        assertEquals(List.of(ReadBudget.BYTES * ReadBudget.REST_NANOS_PER_BYTE), rests);
        assertEquals(0, pauses.get());
    }

    /** A message may be much larger than a turn. */
    @Test
    void theRestGrowsWithTheInflatedBytes() {
        budget.inflated(1 << 20);
        budget.beforeInflating();
        assertEquals(List.of((1 << 20) * ReadBudget.REST_NANOS_PER_BYTE), rests);
    }

    @Test
    void theRestIsLongerWhereAllConnectionsTogetherInflateTooMuch() {
        long second = pace.take(64 << 20) + 1_000_000_000;
        budget.inflated(ReadBudget.BYTES);
        budget.beforeInflating();
        assertEquals(List.of(second), rests);
    }

    /** With Thread.yield() in its place nobody else ran, on JDK 25. */
    @Test
    void othersRunBetweenTwoTurnsOfThoseWhoKeepEveryCarrier() throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> busy = new ArrayList<>();
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
            busy.add(Thread.startVirtualThread(() -> {
                ReadBudget own = new ReadBudget();
                while (!done.get()) {
                    own.frame();
                }
            }));
        }
        try {
            for (int i = 0; i < 20; i++) {
                CountDownLatch ran = new CountDownLatch(1);
                Thread.startVirtualThread(ran::countDown);
                assertTrue(ran.await(2, TimeUnit.SECONDS), "a virtual thread that only wants to run once");
            }
        } finally {
            done.set(true);
        }
        for (Thread thread : busy) {
            thread.join();
        }
    }
}
