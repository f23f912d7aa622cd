package io.tidegate.owner;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Runs all owners on the threads of those who post, loops too, a round for each event: when a post returns to a test with one
 * thread, everything that follows from it has happened.
 */
public final class InlineOwners implements Owners {
    private final List<Throwable> defects = new CopyOnWriteArrayList<>();
    private final Runnable counter;

    /**
     * No owners yet.
     *
     * @param counter counts defects
     */
    public InlineOwners(Runnable counter) {
        this.counter = counter;
    }

    @Override
    public <E> Owner<E> serial(String name, Owner.Step<E> step) {
        return new Serial<>(new Guarded<>(name, step, this::defect), Runnable::run);
    }

    @Override
    public <E> Owner<E> loop(String name, Owner.Rounds<E> rounds) {
        return serial(name, new Owner.Step<>() {
            @Override
            public void step(E event) {
                rounds.step(event);
                finish();
            }

            @Override
            public void failed(E event, Throwable defect) {
                rounds.failed(event, defect);
                finish();
            }

            private void finish() {
                while (rounds.finish()) {
                    // More is left.
                }
            }
        });
    }

    @Override
    public void defect(String owner, Throwable defect) {
        counter.run();
        defects.add(defect);
    }

    /** What steps have thrown so far. */
    public List<Throwable> defects() {
        return List.copyOf(defects);
    }

    @Override
    public void close() {}
}
