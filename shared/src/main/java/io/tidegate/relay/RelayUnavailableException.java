package io.tidegate.relay;

import java.util.concurrent.CompletionException;

/**
 * The relay could not be reached, or did not answer in time. The message may or may not have been published.
 *
 * <p>It has no stack trace: during an outage there is one exception for every publish, and the place where it was made
 * says nothing.
 */
public final class RelayUnavailableException extends Exception {
    private final String reason;
    private final boolean refusal;

    /**
     * An outage.
     *
     * @param reason one line for an operator, without secrets
     */
    public RelayUnavailableException(String reason) {
        this(reason, false);
    }

    private RelayUnavailableException(String reason, boolean refusal) {
        super(reason, null, false, false);
        this.reason = reason;
        this.refusal = refusal;
    }

    /** Redis was reached, and answered one operation with an error. */
    static RelayUnavailableException refused(String reason) {
        return new RelayUnavailableException(reason, true);
    }

    /** Whether a link's operation has failed because Redis refused it, while the link stays up. */
    static boolean isRefusal(Throwable error) {
        return switch (error) {
            case RelayUnavailableException unavailable -> unavailable.refusal;
            case CompletionException e when e.getCause() != null -> isRefusal(e.getCause());
            default -> false;
        };
    }

    @Override
    public String getMessage() {
        return reason;
    }

    /** The reason, for an operator, of an error with which a link's operation has failed. */
    static String reason(Throwable error) {
        return switch (error) {
            case RelayUnavailableException unavailable -> unavailable.reason;
            case CompletionException e when e.getCause() != null -> reason(e.getCause());
            default -> error.getClass().getSimpleName();
        };
    }
}
