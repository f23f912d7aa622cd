package io.tidegate.testing;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs an action on two threads, and the second one while the first is held inside the action. */
public final class TwoThreads {
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicBoolean isHeld = new AtomicBoolean();

    /** To be called from inside the action. The first call returns when the second thread waits or has ended. */
    public void hold() {
        if (isHeld.compareAndSet(false, true)) {
            inside.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The results of the first and the second thread. */
    public <T> List<T> both(Callable<T> action) throws Exception {
        FutureTask<T> first = new FutureTask<>(action);
        FutureTask<T> second = new FutureTask<>(action);
        Thread.ofPlatform().daemon().start(first);
        inside.await();
        Thread later = Thread.ofPlatform().daemon().start(second);
        Await.until(
                "the second thread waits or has ended",
                () -> later.getState() == Thread.State.BLOCKED || later.getState() == Thread.State.TERMINATED);
        released.countDown();
        return List.of(first.get(), second.get());
    }
}
