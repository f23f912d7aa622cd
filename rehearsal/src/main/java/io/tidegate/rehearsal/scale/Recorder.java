package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.hpa.Decision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Notes what is seen, moment by moment. The rehearsal's thread. */
final class Recorder {
    private final List<Moment> moments = new ArrayList<>();

    List<Moment> moments() {
        return moments;
    }

    /** Looks at pods and clients. */
    Moment note(double at, Decision decision, Replicas replicas, Moment.Clients clients) {
        Map<String, Moment.Load> load = new LinkedHashMap<>();
        for (Pod pod : replicas.all()) {
            if (pod.phase() != Pod.Phase.GONE && pod.phase() != Pod.Phase.STARTING) {
                load.put("pod " + (pod.number + 1), new Moment.Load(pod.connections(), pod.phase() == Pod.Phase.READY));
            }
        }
        Moment.Pods pods = new Moment.Pods(
                replicas.in(Pod.Phase.STARTING).size(),
                replicas.in(Pod.Phase.READY).size(),
                replicas.in(Pod.Phase.LEAVING).size());
        Moment moment = new Moment(at, decision, pods, clients, load);
        moments.add(moment);
        return moment;
    }
}
