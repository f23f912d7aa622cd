package io.tidegate.rehearsal.scale;

/** A rehearsal cannot be played; the message says why, in words for the user. */
final class UnplayableException extends RuntimeException {
    UnplayableException(String message) {
        super(message);
    }
}
