package io.tidegate.se;

/** A listener could not be opened; the message is one line that names the key. */
final class CannotListenException extends Exception {
    CannotListenException(String message) {
        super(message);
    }

    CannotListenException(String message, Throwable cause) {
        super(message, cause);
    }
}
