package io.tidegate.helidon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.metrics.api.FunctionalCounter;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.metrics.api.Tag;
import io.tidegate.testing.Await;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
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
        meters.gauge("meters_level", "", measured::get);
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
