package io.tidegate.workload;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Measures durations from 1 µs to an hour, with three digits. Any thread. */
final class Timing {
    private static final long HOUR_MICROS = 3_600_000_000L;
    private static final int DIGITS = 3;

    private final Recorder recorder = new Recorder(HOUR_MICROS, DIGITS);
    private final Histogram total = new Histogram(HOUR_MICROS, DIGITS);

    void record(long nanos) {
        recorder.recordValue(Math.clamp(nanos / 1_000, 0, HOUR_MICROS));
    }

    /** The durations since the last call of either method, or since the beginning. */
    synchronized Percentiles interval() {
        Histogram last = recorder.getIntervalHistogram();
        total.add(last);
        return Percentiles.of(last);
    }

    /** The durations since the beginning. */
    synchronized Percentiles total() {
        total.add(recorder.getIntervalHistogram());
        return Percentiles.of(total);
    }
}
