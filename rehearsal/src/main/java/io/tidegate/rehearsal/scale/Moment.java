package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.hpa.Decision;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The observations of one moment.
 *
 * @param at seconds of the scenario since its beginning
 * @param decision the HPA's present decision
 * @param pods the number of pods in each phase
 * @param clients the clients' counts
 * @param load of each pod, by a short name
 * @param hpa the HPA's status, where there is one
 */
record Moment(double at, Decision decision, Pods pods, Clients clients, Map<String, Load> load, Optional<HpaLook> hpa) {

    /**
     * A pod's connections.
     *
     * @param stays whether the pod is ready and not about to leave
     */
    record Load(int connections, boolean stays) {}

    /** Replicas that the HPA has decided on. */
    int desired() {
        return decision.replicas();
    }

    /** Replicas that the metrics ask for, before windows and policies. */
    int wanted() {
        return decision.wanted();
    }

    /** The number of pods in each phase. */
    record Pods(int starting, int ready, int leaving) {}

    /**
     * The clients.
     *
     * @param target the wanted number
     * @param live the number of served clients
     * @param reconnects since the beginning, hand-overs included
     * @param published since the beginning
     */
    record Clients(int target, int live, long reconnects, long published) {}

    /** Whether the connections of every pod that stays differ from the mean by at most this part of it. */
    boolean isEven(double part) {
        double mean = staying().average().orElse(0);
        return staying().allMatch(each -> Math.abs(each - mean) <= part * mean);
    }

    /** The connections of the pod that has most. */
    int busiest() {
        return staying().max().orElse(0);
    }

    private IntStream staying() {
        return load.values().stream().filter(Load::stays).mapToInt(Load::connections);
    }
}
