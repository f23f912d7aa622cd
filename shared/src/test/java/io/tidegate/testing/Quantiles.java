package io.tidegate.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidegate.metrics.Histogram;
import io.tidegate.metrics.MeterBinder;
import io.tidegate.metrics.Metrics;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** What a real Prometheus computes from a server's histograms, beside what is true. */
public final class Quantiles {
    /** Of the truth. */
    private static final double TOLERANCE = 0.2;

    private static final int MESSAGES = 3_000;

    private Quantiles() {}

    /** To be asked first: a test that needs Prometheus is left out where it is missing, which CI takes for a failure. */
    public static void assumePrometheus() {
        assumeTrue(Prometheus.isInstalled(), "left out: prometheus is not installed");
    }

    /**
     * Records known durations of a server under load in both histograms of messages, and compares.
     *
     * @param meters of the server's own registry
     */
    public static void assertBothAreTold(MeterBinder meters, int managementPort) {
        assumePrometheus();
        Metrics metrics = new Metrics();
        metrics.bind(meters, new Metrics.Gauges(() -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0));
        Random random = new Random(20);
        try (Prometheus prometheus = Prometheus.scraping(managementPort)) {
            awaitCount(prometheus, "websocket_fanout_seconds", 0);
            awaitCount(prometheus, "websocket_relay_lag_seconds", 0);
            double[] fanOut = record(metrics.fanOut(), random, 45_000);
            double[] lag = record(metrics.relayLag(), random, 1_300_000);
            assertTold(prometheus, "websocket_fanout_seconds", fanOut);
            assertTold(prometheus, "websocket_relay_lag_seconds", lag);
        }
    }

    /** Most are near the median, some take ten times as long: in seconds. */
    private static double[] record(Histogram histogram, Random random, long medianNanos) {
        long[] nanos = LongStream.generate(() -> (long) (medianNanos * Math.exp(0.3 * random.nextGaussian())))
                .limit(MESSAGES)
                .toArray();
        for (int i = 0; i < MESSAGES / 40; i++) {
            nanos[i] *= 10;
        }
        Arrays.stream(nanos).forEach(histogram::record);
        return Arrays.stream(nanos).mapToDouble(one -> one / 1e9).toArray();
    }

    /** Waits until Prometheus has scraped so many. */
    public static void awaitCount(Prometheus prometheus, String histogram, int count) {
        Await.until(histogram + ": " + count, () -> prometheus.query("sum(" + histogram + "_count)") == count);
    }

    /** Waits until Prometheus has all of these, in seconds, and compares its quantiles with theirs. */
    public static void assertTold(Prometheus prometheus, String histogram, double[] truth) {
        awaitCount(prometheus, histogram, truth.length);
        double[] sorted = DoubleStream.of(truth).sorted().toArray();
        for (double quantile : new double[] {0.5, 0.99}) {
            double expected = sorted[(int) Math.ceil(quantile * sorted.length) - 1];
            // As docs/metrics.md has it.
            double told = prometheus.query(
                    "histogram_quantile(%s, sum by (le) (rate(%s_bucket[5m])))".formatted(quantile, histogram));
            assertTrue(
                    Math.abs(told - expected) <= TOLERANCE * expected,
                    () -> "%s: p%.0f is %s s, Prometheus says %s s"
                            .formatted(histogram, 100 * quantile, expected, told));
        }
    }
}
