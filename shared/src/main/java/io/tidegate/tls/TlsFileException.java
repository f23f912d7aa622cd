package io.tidegate.tls;

/** A file of {@code tidegate.tls} cannot be used; the message names the file and the reason. */
final class TlsFileException extends Exception {
    private static final long serialVersionUID = 1;

    TlsFileException(String message) {
        super(message);
    }
}
