package io.tidegate.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** The interface to a runtime's registry of meters. Names are passed in the form in which they must be scraped. */
public interface MeterBinder {

    /** A counter that is read when it is scraped; its labels are fixed. */
    void counter(String name, String help, Map<String, String> labels, LongSupplier value);

    /** A gauge that is read when it is scraped; NaN where its value is not known. */
    void gauge(String name, String help, Map<String, String> labels, DoubleSupplier value);

    /**
     * A histogram in seconds.
     *
     * @param buckets upper bounds, ascending
     * @return takes durations in nanoseconds, from any thread
     */
    LongConsumer histogram(String name, String help, List<Duration> buckets);
}
