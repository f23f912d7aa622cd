package io.tidegate.metrics;

import java.util.function.LongConsumer;

/** How long something took. Any thread may record; what comes before a runtime has bound its registry is not kept. */
public final class Histogram {
    private volatile LongConsumer sink = nanos -> {};

    /** Records one duration, in nanoseconds. */
    public void record(long nanos) {
        sink.accept(nanos);
    }

    void bind(LongConsumer newSink) {
        sink = newSink;
    }
}
