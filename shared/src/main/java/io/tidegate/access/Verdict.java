package io.tidegate.access;

/** The result of a token's check. */
public sealed interface Verdict {

    /** The token is accepted. */
    record Accepted(Identity identity) implements Verdict {}

    /**
     * The token is refused.
     *
     * @param reason for the metrics
     * @param message one sentence for a human, without any part of the token, and without information about keys
     */
    record Refused(Reason reason, String message) implements Verdict {}

    /** The reason of a refusal. */
    enum Reason {
        /** The client has no token, and needs one. */
        MISSING,
        INVALID,
        EXPIRED,
        /** The client is not allowed to do what it asks for. */
        FORBIDDEN,
        /** The token cannot be checked now, because the keys are not available. */
        UNAVAILABLE
    }
}
