package io.tidegate.helidon;

import io.helidon.metrics.api.DistributionStatisticsConfig;
import io.helidon.metrics.api.DistributionSummary;
import io.helidon.metrics.api.FunctionalCounter;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.Meter;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.Tag;
import io.tidegate.metrics.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** The node's counts in a registry of Helidon's. */
public final class HelidonMeters implements MeterBinder, AutoCloseable {
    private static final double NANOS = 1e9;

    private final MeterRegistry registry;
    private final List<Meter> registered = new ArrayList<>();

    /** Micrometer holds what a counter reads by a weak reference: collected, its value would stand still for ever. */
    private final List<LongSupplier> held = new ArrayList<>();

    public HelidonMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void counter(String name, String help, Map<String, String> labels, LongSupplier value) {
        List<Tag> tags = labels.entrySet().stream()
                .map(label -> Tag.create(label.getKey(), label.getValue()))
                .toList();
        held.add(value);
        register(FunctionalCounter.builder(name, value, LongSupplier::getAsLong)
                .description(help)
                .tags(tags));
    }

    @Override
    public void gauge(String name, String help, DoubleSupplier value) {
        register(Gauge.builder(name, value::getAsDouble).description(help));
    }

    @Override
    public LongConsumer histogram(String name, String help, List<Duration> buckets) {
        DistributionSummary summary = register(DistributionSummary.builder(
                        name,
                        DistributionStatisticsConfig.builder()
                                .buckets(buckets.stream()
                                        .map(bucket -> bucket.toNanos() / NANOS)
                                        .toList())
                                // Next to buckets they would only cost: quantiles of several pods do not add up.
                                .percentiles(List.of()))
                .description(help));
        return nanos -> summary.record(nanos / NANOS);
    }

    /** Takes the meters out again: the registry outlives a server. */
    @Override
    public void close() {
        registered.forEach(registry::remove);
        registered.clear();
        held.clear();
    }

    private <M extends Meter, B extends Meter.Builder<B, M>> M register(B builder) {
        M meter = registry.getOrCreate(builder);
        registered.add(meter);
        return meter;
    }
}
