package io.tidegate.rehearsal.hpa;

import java.util.List;

/** What the metrics of one moment ask for, before limits, windows and policies. */
public sealed interface Recommendation {

    /**
     * A fleet whose ratio of usage to target is within this distance of 1 stays as it is ({@code
     * --horizontal-pod-autoscaler-tolerance}).
     */
    double TOLERANCE = 0.1;

    /** This many replicas, because of this metric. */
    record Wanted(int replicas, String metric) implements Recommendation {}

    /** The metrics give no answer: the fleet stays as it is. */
    record Unknown(String reason) implements Recommendation {}

    /**
     * The largest number that the metrics ask for. If some metrics failed, the others may let the fleet grow or stay, but
     * not shrink. If all failed, the result is unknown ({@code computeReplicasForMetrics}).
     *
     * @param current replicas, at least 1
     */
    static Recommendation of(List<Reading> readings, int current) {
        Wanted largest = new Wanted(0, "none");
        String failure = "";
        for (Reading reading : readings) {
            switch (reading) {
                case Reading.Value value -> {
                    int replicas = replicas(value, current);
                    if (replicas > largest.replicas()) {
                        largest = new Wanted(replicas, value.metric());
                    }
                }
                case Reading.Failed failed ->
                    failure = failure.isEmpty() ? failed.metric() + ": " + failed.reason() : failure;
            }
        }
        boolean allFailed = readings.stream().allMatch(Reading.Failed.class::isInstance);
        if (allFailed || (!failure.isEmpty() && largest.replicas() < current)) {
            return new Unknown(failure.isEmpty() ? "no metrics" : failure);
        }
        return largest;
    }

    /** {@code GetExternalPerPodMetricReplicas}. */
    private static int replicas(Reading.Value value, int current) {
        double ratio = value.value() / ((double) value.target() * current);
        if (1 - TOLERANCE <= ratio && ratio <= 1 + TOLERANCE) {
            return current;
        }
        return (int) Math.ceil((double) value.value() / value.target());
    }
}
