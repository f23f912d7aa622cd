package io.tidegate.relay;

/** Whether a relay carries messages. */
public sealed interface RelayStatus {

    /** Messages go through. */
    record Up() implements RelayStatus {}

    /**
     * Messages do not go through.
     *
     * @param sinceNanos since when, by {@link io.tidegate.time.Clock#nanoTime}
     * @param reason one line for an operator, without secrets
     */
    record Down(long sinceNanos, String reason) implements RelayStatus {}
}
