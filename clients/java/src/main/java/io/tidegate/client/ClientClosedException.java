package io.tidegate.client;

/**
 * The client is closed, by the application or by a server. Where it was closed before a publish was acknowledged, that may have
 * happened.
 */
public final class ClientClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClientClosedException(String reason) {
        super("the client is closed: " + reason);
    }
}
