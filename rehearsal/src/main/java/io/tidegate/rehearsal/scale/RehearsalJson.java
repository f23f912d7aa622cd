package io.tidegate.rehearsal.scale;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The result of a rehearsal for programs: the verdict, every change of the number of pods and, on a cluster, every change
 * of the HPA's status.
 */
final class RehearsalJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RehearsalJson() {}

    /** One line of JSON. */
    static String of(Outcome outcome) {
        ObjectNode all = JSON.createObjectNode();
        all.put("passed", outcome.verdict().isGood());
        all.put("speed", outcome.plan().speed().factor());
        all.put("peak", outcome.plan().load().peak());
        ArrayNode verdict = all.putArray("verdict");
        outcome.verdict()
                .lines()
                .forEach(line -> verdict.addObject().put("good", line.good()).put("text", line.text()));
        ArrayNode replicas = all.putArray("replicas");
        int before = 0;
        ArrayNode hpa = all.putArray("hpa");
        HpaLook last = null;
        for (Moment moment : outcome.moments()) {
            if (moment.desired() != before) {
                before = moment.desired();
                replicas.addObject().put("at", Math.round(moment.at())).put("pods", before);
            }
            HpaLook look = moment.hpa().orElse(null);
            if (look != null && !look.equals(last)) {
                last = look;
                ObjectNode recorded = hpa.addObject()
                        .put("at", Math.round(moment.at() * 10) / 10.0)
                        .put("current", look.current())
                        .put("desired", look.desired());
                look.averages().forEach(recorded.putObject("averages")::put);
            }
        }
        return all.toString();
    }
}
