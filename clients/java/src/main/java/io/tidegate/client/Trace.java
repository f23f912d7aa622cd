package io.tidegate.client;

import java.net.URI;

/**
 * Something that happened on a connection, for debugging.
 *
 * @param url of the connection, as in the options
 * @param text for {@link Kind#SENT} and {@link Kind#RECEIVED} the whole frame, which contains what was published, but no
 *     token; otherwise a reason, or nothing
 */
public record Trace(Kind kind, URI url, String text) {
    /** What happened. */
    public enum Kind {
        /** A connection is tried. */
        OPENING,
        /** The handshake is done. */
        OPENED,
        /** A frame has been given to the socket. */
        SENT,
        /** A frame has come. */
        RECEIVED,
        /** The client closes the connection. */
        CLOSING,
        /** The connection was refused, closed or lost. */
        ENDED
    }
}
