package io.tidegate.relay;

import io.tidegate.metrics.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Shows a test what is recorded in one histogram. */
record HistogramBinder(String wanted, LongConsumer sink) implements MeterBinder {
    @Override
    public void counter(String name, String help, Map<String, String> labels, LongSupplier value) {}

    @Override
    public void gauge(String name, String help, Map<String, String> labels, DoubleSupplier value) {}

    @Override
    public LongConsumer histogram(String name, String help, List<Duration> buckets) {
        return name.equals(wanted) ? sink : nanos -> {};
    }
}
