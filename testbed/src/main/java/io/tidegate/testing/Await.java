package io.tidegate.testing;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits, with a limit, for something in another thread or process, where no test clock can be used. */
public final class Await {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Await() {}

    /** Waits up to ten seconds, which is longer than anything here takes. */
    public static void until(String what, BooleanSupplier condition) {
        until(() -> what, Duration.ofSeconds(10), condition);
    }

    /**
     * Waits until the condition holds.
     *
     * @param what for the failure message: "2 nodes connected"
     * @throws AssertionError after the limit
     */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        until(() -> what, limit, condition);
    }

    /** The same with a message that is made only after the limit, so that it can describe the state at that time. */
    public static void until(Supplier<String> what, Duration limit, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new AssertionError("not within " + limit.toMillis() + " ms: " + what.get());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /**
     * The value of a stage.
     *
     * @throws AssertionError after the limit, or with the cause where the stage failed
     */
    public static <T> T value(String what, Duration limit, CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (Exception e) {
            throw new AssertionError("not within " + limit.toMillis() + " ms: " + what, e);
        }
    }
}
