package io.tidegate.metrics;

import java.util.concurrent.atomic.LongAdder;

/** A number that only grows. Any thread may add, without contention. */
public final class Counter {
    private final LongAdder value = new LongAdder();

    public void increment() {
        value.increment();
    }

    public void add(long n) {
        value.add(n);
    }

    public long value() {
        return value.sum();
    }
}
