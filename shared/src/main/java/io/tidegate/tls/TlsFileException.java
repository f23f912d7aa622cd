package io.tidegate.tls;

/** A file of {@code tidegate.tls} that cannot be used; the message names it and says why. */
final class TlsFileException extends Exception {
    private static final long serialVersionUID = 1;

    TlsFileException(String message) {
        super(message);
    }
}
