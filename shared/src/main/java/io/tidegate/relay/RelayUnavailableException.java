package io.tidegate.relay;

/** The relay could not be reached, or did not answer in time. The message may or may not have been carried. */
public final class RelayUnavailableException extends Exception {
    public RelayUnavailableException(String message) {
        super(message);
    }
}
