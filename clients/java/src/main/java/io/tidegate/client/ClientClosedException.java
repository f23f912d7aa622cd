package io.tidegate.client;

/**
 * The client is closed, by the application or by a server. A publish that was not acknowledged before the close may have
 * succeeded.
 */
public final class ClientClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClientClosedException(String reason) {
        super("the client is closed: " + reason);
    }
}
