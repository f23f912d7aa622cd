package io.tidegate.relay;

import io.tidegate.owner.Owner;
import io.tidegate.owner.Owners;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Runs owners on the test's one thread: events of all of them, in the order in which they were posted, until none waits. */
final class InlineOwners implements Owners {
    private final Deque<Runnable> events = new ArrayDeque<>();
    private final List<Throwable> defects = new ArrayList<>();
    private boolean running;

    /** What steps have thrown. */
    List<Throwable> defects() {
        return defects;
    }

    @Override
    public <E> Owner<E> serial(String name, Owner.Step<E> step) {
        return new Owner<>() {
            private long steps;

            @Override
            public void post(E event) {
                events.add(() -> {
                    steps++;
                    try {
                        step.step(event);
                    } catch (RuntimeException e) {
                        defects.add(e);
                        step.failed(event, e);
                    }
                });
                run();
            }

            @Override
            public int waiting() {
                return 0;
            }

            @Override
            public long steps() {
                return steps;
            }
        };
    }

    private void run() {
        if (running) {
            return;
        }
        running = true;
        try {
            while (!events.isEmpty()) {
                events.remove().run();
            }
        } finally {
            running = false;
        }
    }

    @Override
    public <E> Owner<E> loop(String name, Owner.Rounds<E> rounds) {
        throw new UnsupportedOperationException("the relay has no loop");
    }

    @Override
    public void close() {}
}
