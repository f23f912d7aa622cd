package io.tidegate.rehearsal.scale;

/** A rehearsal cannot be played; the message says why, in words for the user. */
public final class UnplayableException extends RuntimeException {
    public UnplayableException(String message) {
        super(message);
    }
}
