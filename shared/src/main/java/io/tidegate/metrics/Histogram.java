package io.tidegate.metrics;

import java.util.function.LongConsumer;

/** Records durations. Any thread may record. Durations before a runtime has bound its registry are lost. */
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
