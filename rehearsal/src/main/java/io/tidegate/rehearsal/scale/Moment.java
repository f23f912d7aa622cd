package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.hpa.Decision;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What was seen at one moment.
 *
 * @param at seconds of the scenario since its beginning
 * @param decision of the HPA that holds
 * @param pods how many there are, by what they do
 * @param clients what the clients say
 * @param load of each pod, by a short name
 * @param hpa what the status of the HPA said, where there is one
 */
record Moment(double at, Decision decision, Pods pods, Clients clients, Map<String, Load> load, Optional<HpaLook> hpa) {

    /**
     * A pod's connections.
     *
     * @param stays whether it is ready and not about to leave
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

    /** How many pods do what. */
    record Pods(int starting, int ready, int leaving) {}

    /**
     * The clients.
     *
     * @param target that are to be there
     * @param live that are served
     * @param reconnects since the beginning, hand-overs included
     * @param published since the beginning
     */
    record Clients(int target, int live, long reconnects, long published) {}

    /** Whether no pod that stays is further from the mean than a part of it. */
    boolean isEven(double part) {
        double mean = staying().average().orElse(0);
        return staying().allMatch(each -> Math.abs(each - mean) <= part * mean);
    }

    /** Connections of the pod that has most. */
    int busiest() {
        return staying().max().orElse(0);
    }

    private IntStream staying() {
        return load.values().stream().filter(Load::stays).mapToInt(Load::connections);
    }
}
