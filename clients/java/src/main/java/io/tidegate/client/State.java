package io.tidegate.client;

/** Where a client is between {@code connect} and {@code close}. */
public enum State {
    /** A connection is being opened. */
    CONNECTING,
    /** Connected; the topics are not all subscribed yet. */
    RESUMING,
    /** Connected, and every topic is delivered. */
    LIVE,
    /** As live; the node is about to leave and has given a moment to go elsewhere. */
    LEAVING,
    /** The moment has come: still served by the old connection, while a second one is made ready. */
    HANDING_OVER,
    /** Not connected; the next attempt has its time, or waits for a token or for {@link TidegateClient#reconnect()}. */
    WAITING,
    /** Ended, by {@code close()} or by a server that refuses to go on. Final. */
    CLOSED
}
