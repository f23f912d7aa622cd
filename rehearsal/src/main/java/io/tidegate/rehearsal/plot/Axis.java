package io.tidegate.rehearsal.plot;

import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * Maps values to pixels, and chooses the values that are written beside the axis.
 *
 * @param label with its unit: {@code messages/s}
 * @param from the value at the pixel {@code start}
 * @param to the value at the pixel {@code end}
 * @param step from one written value to the next
 */
record Axis(String label, double from, double to, double step, double start, double end) {
    private static final int TICKS = 6;

    /** An axis that contains all of these values and 0, and that begins and ends at round values. */
    static Axis of(String label, DoubleStream values, double start, double end) {
        double[] range = {0, 0};
        values.filter(Double::isFinite).forEach(value -> {
            range[0] = Math.min(range[0], value);
            range[1] = Math.max(range[1], value);
        });
        double width = range[1] - range[0];
        double step = round((width > 0 ? width : 1) / TICKS);
        double from = Math.floor(range[0] / step) * step;
        double to = Math.max(Math.ceil(range[1] / step), from / step + 1) * step;
        return new Axis(label, from, to, step, start, end);
    }

    /** The same axis without the empty part after the last value. */
    Axis endingAt(double last) {
        return last > from ? new Axis(label, from, last, step, start, end) : this;
    }

    double pixel(double value) {
        return start + (value - from) / (to - from) * (end - start);
    }

    /** The values to write beside the axis. */
    DoubleStream ticks() {
        long first = Math.round(from / step);
        return LongStream.rangeClosed(first, first + (long) Math.floor((to - from) / step + 1e-9))
                .mapToDouble(tick -> tick * step);
    }

    /** A value with as many digits as the step has. */
    String text(double tick) {
        int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        return String.format(Locale.ROOT, "%,." + digits + "f", tick == 0 ? 0.0 : tick);
    }

    /** Rounds up to the next of 1, 2, 5, 10, 20 … */
    private static double round(double step) {
        double power = Math.pow(10, Math.floor(Math.log10(step)));
        double digit = step / power;
        return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    }
}
