package io.tidegate.rehearsal.scale;

import java.util.Map;

/**
 * The status of an HPA at one moment.
 *
 * @param current replicas that the HPA counted
 * @param averages of each metric: the query's answer, divided by the replicas
 * @param desired replicas
 */
record HpaLook(int current, Map<String, Double> averages, int desired) {

    /** Averages in the status are in thousandths, rounded up. */
    private static final double ROUNDED = 0.001;

    /** Replicas that the metrics ask for, before tolerance, windows and policies. */
    int wanted(Map<String, Double> targets) {
        double most = averages.entrySet().stream()
                .mapToDouble(metric ->
                        (metric.getValue() - ROUNDED) * current / targets.getOrDefault(metric.getKey(), Double.NaN))
                .filter(pods -> !Double.isNaN(pods))
                .max()
                .orElse(desired);
        return (int) Math.ceil(most);
    }
}
