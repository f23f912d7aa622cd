package io.tidegate.client;

/** Receives the frames and the state changes of the connections. */
interface Traffic {
    Traffic NONE = new Traffic() {};

    /** A frame of a connection that serves, or is prepared. */
    default void frame(Link link, ServerFrame frame) {}

    /** The server has welcomed the connection: topics can be requested on it. */
    default void welcomed(Link link) {}

    /** This connection serves from now on. */
    default void serves(Link link) {}

    /** No connection serves. */
    default void unserved() {}

    /** The client is closed for good. */
    default void closed(String reason) {}

    /** Whether the application is too far behind to get more. {@link Connector#readOn} is then called later. */
    default boolean pauses() {
        return false;
    }
}
