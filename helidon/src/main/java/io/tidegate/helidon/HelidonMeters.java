package io.tidegate.helidon;

import io.helidon.metrics.api.FunctionalCounter;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.Meter;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.Tag;
import io.helidon.metrics.api.Timer;
import io.tidegate.metrics.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Registers the node's metrics in a Helidon registry. */
public final class HelidonMeters implements MeterBinder, AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> registered = new ArrayList<>();

    /**
     * Micrometer holds the source of a counter by a weak reference. Without a strong reference the source could be
     * collected, and the counter would stand still.
     */
    private final List<LongSupplier> held = new ArrayList<>();

    public HelidonMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void counter(String name, String help, Map<String, String> labels, LongSupplier value) {
        held.add(value);
        register(FunctionalCounter.builder(name, value, LongSupplier::getAsLong)
                .description(help)
                .tags(tags(labels)));
    }

    @Override
    public void gauge(String name, String help, Map<String, String> labels, DoubleSupplier value) {
        register(Gauge.builder(name, value::getAsDouble).description(help).tags(tags(labels)));
    }

    /** A timer, not a summary: in a summary with buckets Micrometer rounds each value up to a whole second. */
    @Override
    public LongConsumer histogram(String name, String help, List<Duration> buckets) {
        Timer timer = register(Timer.builder(name)
                .buckets(buckets.toArray(Duration[]::new))
                // Percentiles beside buckets only cost, because quantiles of several pods cannot be added.
                .percentiles(new double[0])
                .description(help));
        return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Removes the meters, because the registry outlives a server. */
    @Override
    public void close() {
        registered.forEach(registry::remove);
        registered.clear();
        held.clear();
    }

    private static List<Tag> tags(Map<String, String> labels) {
        return labels.entrySet().stream()
                .map(label -> Tag.create(label.getKey(), label.getValue()))
                .toList();
    }

    private <M extends Meter, B extends Meter.Builder<B, M>> M register(B builder) {
        M meter = registry.getOrCreate(builder);
        registered.add(meter);
        return meter;
    }
}
