package io.tidegate.rehearsal.scale;

import java.util.List;
import java.util.Optional;

/**
 * The ScaledObject of the article that this project answers, "How to Build Auto-Scaling WebSocket Servers with KEDA and
 * Kubernetes": each query divides by the pods, the HPA does so again, and there is no {@code behavior}.
 */
final class Article {
    /**
     * In the article {@code count(up{job="websocket-server"})}. Here Prometheus has a target for each pod that there may be, so
     * those that are not are left out.
     */
    private static final String PODS = " / count(up{job=\"" + Prometheus.JOB + "\"} == 1)";

    static final Scaling SCALING = new Scaling(
            2,
            50,
            Optional.empty(),
            Optional.empty(),
            List.of(
                    new Query("connections", "sum(websocket_active_connections)" + PODS, 1_000, true),
                    new Query("messages", "sum(rate(websocket_messages_received_total[1m]))" + PODS, 100, true)));

    private Article() {}
}
