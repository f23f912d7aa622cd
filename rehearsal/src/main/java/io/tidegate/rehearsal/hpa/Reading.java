package io.tidegate.rehearsal.hpa;

/** The result of reading one external metric once. */
public sealed interface Reading {

    /** The name of the trigger. */
    String metric();

    /**
     * A value with a target of type {@code AverageValue}. Both are in thousandths, as Kubernetes counts them.
     *
     * @param value of the whole fleet
     * @param target of one pod
     */
    record Value(String metric, long value, long target) implements Reading {

        /** From numbers as a query gives them. Digits after the thousandths are cut off, as KEDA does. */
        public static Value of(String metric, double value, double target) {
            return new Value(metric, (long) (value * 1000), (long) (target * 1000));
        }
    }

    /** No value. */
    record Failed(String metric, String reason) implements Reading {}
}
