package io.tidegate.helidon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.metrics.api.FunctionalCounter;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.metrics.api.Tag;
import io.helidon.metrics.api.Timer;
import io.tidegate.testing.Await;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HelidonMetersTest {
    private final MeterRegistry registry = MetricsFactory.getInstance().globalRegistry();
    private final HelidonMeters meters = new HelidonMeters(registry);

    @AfterEach
    void close() {
        meters.close();
    }

    @Test
    void metersStillReadAfterAGarbageCollection() {
        AtomicLong counted = new AtomicLong();
        AtomicLong measured = new AtomicLong();
        meters.counter("meters_test_total", "", Map.of("code", "1000"), counted::get);
        meters.gauge("meters_level", "", Map.of(), measured::get);
        collectGarbage();
        counted.set(7);
        measured.set(9);
        FunctionalCounter counter = registry.meter(
                        FunctionalCounter.class, "meters_test_total", List.of(Tag.create("code", "1000")))
                .orElseThrow();
        assertEquals(7, counter.count());
        Gauge<?> gauge = registry.meter(Gauge.class, "meters_level", List.of()).orElseThrow();
        assertEquals(9, gauge.value().longValue());
    }

    @Test
    void aHistogramHasEachValueInItsBucket() {
        List<Duration> bounds = List.of(Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofSeconds(1));
        LongConsumer histogram = meters.histogram("meters_taken_seconds", "", bounds);
        for (long micros : List.of(300L, 900L, 2_000L, 200_000L, 3_000_000L)) {
            histogram.accept(TimeUnit.MICROSECONDS.toNanos(micros));
        }
        Timer timer =
                registry.meter(Timer.class, "meters_taken_seconds", List.of()).orElseThrow();
        Map<Double, Long> counts = new TreeMap<>();
        timer.snapshot()
                .histogramCounts()
                .forEach(bucket -> counts.put(bucket.boundary(TimeUnit.SECONDS), bucket.count()));
        assertEquals(Map.of(0.001, 2L, 0.01, 3L, 1.0, 4L), counts);
        assertEquals(5, timer.count());
        assertEquals(3.2032, timer.totalTime(TimeUnit.SECONDS), 1e-9);
    }

    @Test
    void closingTakesTheMetersOutAgain() {
        meters.counter("meters_gone_total", "", Map.of(), () -> 1);
        meters.close();
        assertTrue(registry.meter(FunctionalCounter.class, "meters_gone_total", List.of())
                .isEmpty());
    }

    private static void collectGarbage() {
        WeakReference<Object> canary = new WeakReference<>(new Object());
        Await.until("a collection", () -> {
            System.gc();
            return canary.refersTo(null);
        });
    }
}
