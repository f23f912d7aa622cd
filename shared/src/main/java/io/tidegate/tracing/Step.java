package io.tidegate.tracing;

/** The work that a span measures. */
public enum Step {
    /** From the request of a handshake until the connection is open, or refused. */
    HANDSHAKE,
    /** From an allowed publish until its result can be sent to the publisher. */
    PUBLISH,
    /** The relay's part of {@link #PUBLISH}. */
    RELAY,
    /** From a message's arrival at a node until it is in the queues of all subscribers there. */
    DELIVER,
    /** From the first notice until the last connection has left. */
    DRAIN
}
