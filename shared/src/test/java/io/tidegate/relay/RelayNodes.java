package io.tidegate.relay;

import io.tidegate.metrics.Metrics;
import java.time.Duration;
import java.util.Map;

/** Nodes of one kind of relay, joined with each other. */
interface RelayNodes {
    /**
     * A relay that is up.
     *
     * @param settings beyond the defaults; those of one test that have the same are joined
     */
    Relay join(Map<String, String> settings, Relay.Receiver receiver, Metrics metrics);

    /** Lets time pass for all that is kept. */
    void pass(Duration time);
}
