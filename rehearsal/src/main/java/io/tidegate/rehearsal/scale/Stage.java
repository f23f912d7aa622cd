package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.hpa.Decision;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The fleet of a rehearsal, and what scales it. For the rehearsal's thread. */
interface Stage extends AutoCloseable {
    /** A note. */
    String EVEN = "The servers balance their connections (tidegate.rebalance.enabled=true).";

    /** A note. */
    String UNEVEN =
            "The servers do not balance their connections (tidegate.rebalance.enabled=false): a pod that is added stays"
                    + " nearly empty while clients stay connected where they are.";

    /** The addresses for clients. */
    List<URI> targets();

    /** The scaling rules of the ScaledObject. */
    Scaling scaling();

    /** The real time between two looks at the HPA's decision. */
    Duration pace();

    /**
     * Looks at the HPA's decision.
     *
     * @param now of the scenario
     */
    Decision look(Duration now);

    /** Begins to replace every pod, as a Deployment does whose template has changed. */
    void replacePods();

    /** Goes on to replace the pods. Returns whether all are replaced, and the others are gone. */
    boolean arePodsReplaced();

    /** All pods that ever started, in the order of their start. */
    List<PodView> pods();

    /** The HPA's own status; empty where there is no HPA, and its algorithm decides. */
    default Optional<HpaLook> hpa() {
        return Optional.empty();
    }

    /** What is real on this stage and what is not, for the page. */
    List<String> notes();

    @Override
    void close();
}
