package io.tidegate.client;

/** The client was closed, by the application or by a server, before the publish was acknowledged. It may have happened. */
public final class ClientClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClientClosedException(String reason) {
        super("the client is closed: " + reason);
    }
}
