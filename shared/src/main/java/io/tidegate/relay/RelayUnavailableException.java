package io.tidegate.relay;

import java.util.concurrent.CompletionException;

/**
 * The relay could not be reached, or did not answer in time. The message may or may not have been carried.
 *
 * <p>It has no stack trace: during an outage there is one for every publish, and where it was made says nothing.
 */
public final class RelayUnavailableException extends Exception {
    private final String reason;

    /**
     * An outage.
     *
     * @param reason one line for an operator, without secrets
     */
    public RelayUnavailableException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    @Override
    public String getMessage() {
        return reason;
    }

    /** What an operator is told of an error by which a link's operation has failed. */
    static String reason(Throwable error) {
        return switch (error) {
            case RelayUnavailableException unavailable -> unavailable.reason;
            case CompletionException e when e.getCause() != null -> reason(e.getCause());
            default -> error.getClass().getSimpleName();
        };
    }
}
