package io.tidegate.rehearsal.scale;

import io.tidegate.rehearsal.hpa.Decision;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The fleet that a rehearsal plays on, and who decides on it. The rehearsal's thread. */
interface Stage extends AutoCloseable {
    /** A note. */
    String EVEN = "The servers even their connections out (tidegate.rebalance.enabled=true).";

    /** A note. */
    String UNEVEN =
            "The servers do not even their connections out (tidegate.rebalance.enabled=false): a pod that is added stays"
                    + " nearly empty while clients stay connected where they are.";

    /** Where clients connect to. */
    List<URI> targets();

    /** What the ScaledObject says. */
    Scaling scaling();

    /** Real time between two looks at what the HPA decides. */
    Duration pace();

    /**
     * A look at what the HPA decides.
     *
     * @param now of the scenario
     */
    Decision look(Duration now);

    /** All pods that there have been, in the order of their start. */
    List<PodView> pods();

    /** What the HPA itself says; empty where there is none, and its algorithm decides. */
    default Optional<HpaLook> hpa() {
        return Optional.empty();
    }

    /** What is real here and what is not, for the page. */
    List<String> notes();

    @Override
    void close();
}
