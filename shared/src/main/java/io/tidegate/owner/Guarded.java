package io.tidegate.owner;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** Runs steps. A step that throws ends neither the owner nor the thread that runs it. */
final class Guarded<E> {
    private final Owner.Step<E> step;
    private final String name;
    private final BiConsumer<String, Throwable> defects;

    /** Written by one thread at a time, so it needs no atomic addition. */
    private final AtomicLong steps = new AtomicLong();

    /**
     * Guards a step.
     *
     * @param defects takes the owner's name and what was thrown
     */
    Guarded(String name, Owner.Step<E> step, BiConsumer<String, Throwable> defects) {
        this.name = name;
        this.step = step;
        this.defects = defects;
    }

    void step(E event) {
        steps.lazySet(steps.getPlain() + 1);
        try {
            step.step(event);
        } catch (Throwable defect) {
            report(defect);
            try {
                step.failed(event, defect);
            } catch (Throwable second) {
                report(second);
            }
        }
    }

    void report(Throwable defect) {
        defects.accept(name, defect);
    }

    long steps() {
        return steps.get();
    }
}
