package io.tidegate.workload;

import org.HdrHistogram.Histogram;

/**
 * Percentiles of a duration, in milliseconds; NaN where nothing was measured.
 *
 * @param count the number of measurements
 */
public record Percentiles(long count, double p50, double p90, double p99, double p999, double max) {
    private static final double MICROS = 1_000;

    static Percentiles of(Histogram micros) {
        return new Percentiles(
                micros.getTotalCount(),
                at(micros, 50),
                at(micros, 90),
                at(micros, 99),
                at(micros, 99.9),
                at(micros, 100));
    }

    private static double at(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? Double.NaN : micros.getValueAtPercentile(percentile) / MICROS;
    }
}
