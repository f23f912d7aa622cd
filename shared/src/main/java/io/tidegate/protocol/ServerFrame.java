package io.tidegate.protocol;

/** What this server says of its own accord, on every wire. */
public sealed interface ServerFrame {

    /**
     * A sign of life.
     *
     * @param timestamp milliseconds since the epoch
     */
    record Heartbeat(long timestamp) implements ServerFrame {}

    /**
     * The notice of a drain.
     *
     * @param reconnectAfterMs this client's own slot, in milliseconds from the notice
     */
    record ServerShutdown(long reconnectAfterMs) implements ServerFrame {}

    /**
     * What was wrong with something that the client sent.
     *
     * @param message one sentence that names the key or frame and what is allowed
     */
    record ErrorFrame(ErrorCode code, String message) implements ServerFrame {}
}
