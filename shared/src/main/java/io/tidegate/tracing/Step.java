package io.tidegate.tracing;

/** What a span is about. */
public enum Step {
    /** From the request of a handshake until the connection is open, or refused. */
    HANDSHAKE,
    /** From a message that may be published until its publisher can be told what became of it. */
    PUBLISH,
    /** The relay's part of that. */
    RELAY,
    /** From a message's arrival at a node until it waits at every subscriber there. */
    DELIVER,
    /** From the first notice until the last connection has left. */
    DRAIN
}
