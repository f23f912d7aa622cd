package io.tidegate.client;

/**
 * A change of a client's state.
 *
 * @param reason for a human: a close code, an HTTP status, an exception's message, the name of the node
 */
public record StateChange(State from, State to, String reason) {}
