package io.tidegate.rehearsal.scale;

import java.util.List;
import java.util.Optional;

/**
 * The ScaledObject of the article that this project answers, "How to Build Auto-Scaling WebSocket Servers with KEDA and
 * Kubernetes". In it each query divides by the number of pods, the HPA divides again, and there is no {@code behavior}.
 */
final class Article {
    /**
     * In the article {@code count(up{job="websocket-server"})}. Here Prometheus has a target for each possible pod, so
     * pods that are not up are left out.
     */
    private static final String PODS = " / count(up{job=\"" + PrometheusSource.JOB + "\"} == 1)";

    private Article() {}

    /**
     * The article's ScaledObject with the chart's targets, so that both can be played with fewer clients than in the
     * article.
     */
    static Scaling instead(Scaling chart) {
        return new Scaling(
                2,
                50,
                Optional.empty(),
                Optional.empty(),
                List.of(
                        query(chart, "connections", "sum(websocket_active_connections)", 1_000),
                        query(chart, "messages", "sum(rate(websocket_messages_received_total[1m]))", 100)));
    }

    private static Query query(Scaling chart, String name, String sum, double otherwise) {
        double target = chart.queries().stream()
                .filter(each -> each.name().equals(name))
                .mapToDouble(Query::target)
                .findFirst()
                .orElse(otherwise);
        return new Query(name, sum + PODS, target, true);
    }
}
