package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.hpa.Autoscaler;
import io.tidegate.rehearsal.hpa.Decision;
import io.tidegate.rehearsal.hpa.Reading;
import io.tidegate.rehearsal.hpa.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** KEDA and the HPA: runs the queries, and decides. */
final class Scaler {
    private record Asked(Query query, String promql, Trigger trigger) {}

    private final List<Asked> triggers;
    private final Autoscaler autoscaler;
    private final PrometheusSource source;

    Scaler(Scaling scaling, Speed speed, PrometheusSource source) {
        this.triggers = scaling.queries().stream()
                .map(query -> new Asked(
                        query,
                        speed.query(query.promql()),
                        new Trigger(query.name(), query.target(), scaling.fallback())))
                .toList();
        this.autoscaler = new Autoscaler(scaling.min(), scaling.max(), scaling.behavior());
        this.source = source;
    }

    /** One look, at a time of the scenario. */
    Decision look(Duration now, int current) {
        List<Reading> readings = new ArrayList<>();
        for (Asked asked : triggers) {
            Answer answer = source.ask(asked.promql(), asked.query().ignoreNull());
            OptionalDouble value = answer.value();
            readings.add(asked.trigger().read(value, answer.why(), current));
        }
        return autoscaler.decide(now, current, readings);
    }
}
