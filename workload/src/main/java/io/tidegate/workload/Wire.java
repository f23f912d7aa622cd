package io.tidegate.workload;

/** The wire of a client; see docs/protocol.md. */
public enum Wire {
    /** {@code tidegate.v1}, by clients/java. */
    V1,
    /** {@code /chat?topic=} without a subprotocol. */
    PLAIN,
    /** {@code /}. */
    BROADCAST
}
