package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.hpa.Decision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records the moments. For the rehearsal's thread. */
final class Recorder {
    private final List<Moment> moments = new ArrayList<>();

    List<Moment> moments() {
        return moments;
    }

    /** Records the fleet and its clients. */
    Moment note(double at, Decision decision, Stage stage, Moment.Clients clients) {
        List<PodView> pods = stage.pods();
        Map<String, Moment.Load> load = new LinkedHashMap<>();
        for (PodView pod : pods) {
            if (pod.phase() != PodView.Phase.GONE && pod.phase() != PodView.Phase.STARTING) {
                load.put(pod.name(), new Moment.Load(pod.connections(), pod.phase() == PodView.Phase.READY));
            }
        }
        Moment.Pods counts = new Moment.Pods(
                count(pods, PodView.Phase.STARTING),
                count(pods, PodView.Phase.READY),
                count(pods, PodView.Phase.LEAVING));
        Moment moment = new Moment(at, decision, counts, clients, load, stage.hpa());
        moments.add(moment);
        return moment;
    }

    private static int count(List<PodView> pods, PodView.Phase phase) {
        return (int) pods.stream().filter(pod -> pod.phase() == phase).count();
    }
}
