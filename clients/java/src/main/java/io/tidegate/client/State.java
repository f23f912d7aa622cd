package io.tidegate.client;

/** The state of a client between {@code connect} and {@code close}. */
public enum State {
    /** A connection is being opened. */
    CONNECTING,
    /** Connected; not all topics are subscribed yet. */
    RESUMING,
    /** Connected, and every topic is delivered. */
    LIVE,
    /** Like live, but the node is about to leave and has given a moment to move to another node. */
    LEAVING,
    /** The moment has come: the old connection still serves, while a second one is prepared. */
    HANDING_OVER,
    /** Not connected. The next attempt waits for its time, for a token, or for {@link TidegateClient#reconnect()}. */
    WAITING,
    /** Ended, by {@code close()} or by a server that refuses the client. Final. */
    CLOSED
}
