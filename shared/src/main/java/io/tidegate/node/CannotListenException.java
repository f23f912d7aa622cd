package io.tidegate.node;

/** A listener could not be opened; the message is one line that names the key. */
public final class CannotListenException extends Exception {
    public CannotListenException(String message) {
        super(message);
    }

    CannotListenException(String message, Throwable cause) {
        super(message, cause);
    }
}
