package io.tidegate.client;

/** What connections carry, told of their fate. */
interface Traffic {
    Traffic NONE = new Traffic() {};

    /** A frame of a connection that serves, or is made ready. */
    default void frame(Link link, ServerFrame frame) {}

    /** The connection is welcome: its topics can be asked for. */
    default void welcomed(Link link) {}

    /** This connection serves from now on. */
    default void serves(Link link) {}

    /** No connection serves. */
    default void unserved() {}

    /** The client is closed for good. */
    default void closed(String reason) {}

    /** Whether the application is too far behind to be given more; then {@link Connector#readOn} follows. */
    default boolean pauses() {
        return false;
    }
}
