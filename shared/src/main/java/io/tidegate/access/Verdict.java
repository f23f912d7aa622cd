package io.tidegate.access;

/** What a token is worth. */
public sealed interface Verdict {

    /** It is good. */
    record Accepted(Identity identity) implements Verdict {}

    /**
     * It is not.
     *
     * @param reason for the counts
     * @param message one sentence for a human, without anything of the token, and nothing about keys
     */
    record Refused(Reason reason, String message) implements Verdict {}

    /** Why a client is not let in. */
    enum Reason {
        /** It brought no token, and needs one. */
        MISSING,
        INVALID,
        EXPIRED,
        /** It may not do what it asks for. */
        FORBIDDEN,
        /** Nobody can say now: the keys cannot be had. */
        UNAVAILABLE
    }
}
