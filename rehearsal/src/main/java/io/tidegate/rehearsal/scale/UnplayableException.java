package io.tidegate.rehearsal.scale;

/** What was asked for cannot be rehearsed; the message says why, in words for the user. */
public final class UnplayableException extends RuntimeException {
    public UnplayableException(String message) {
        super(message);
    }
}
