package io.tidegate.protocol;

/**
 * Every code with which this server closes a connection (RFC 6455, section 7.4, and the IANA registry of close codes),
 * and what the client should do next.
 */
public enum CloseCode {
    /** The client closed. */
    NORMAL(1000, "bye", Retry.NEVER),
    /** Frames that RFC 6455 does not allow. */
    PROTOCOL_ERROR(1002, "protocol error", Retry.NEVER),
    /** Text that is not UTF-8. */
    INVALID_UTF8(1007, "text is not UTF-8", Retry.NEVER),
    /** Origin, authorisation or rate. */
    POLICY(1008, "policy violation", Retry.LATER),
    /** A message above {@code tidegate.limits.message}. */
    TOO_LARGE(1009, "message too large", Retry.NEVER),
    /** Our fault, or a peer that answers no ping. */
    INTERNAL(1011, "internal error", Retry.BACKOFF),
    /** Drain or rebalance. */
    RESTART(1012, "server restarting, please reconnect", Retry.SLOT),
    /** A slow consumer, or an overloaded node. */
    OVERLOAD(1013, "too slow, please reconnect", Retry.BACKOFF),
    /** The token is bad, or has expired: with a new one the client may come back at once. */
    TOKEN(4401, "bring a new token", Retry.LATER),
    /** The client may not be here; with this token it need not come back. */
    FORBIDDEN(4403, "not allowed", Retry.NEVER);

    /** What a client should do after a close. */
    public enum Retry {
        /** Reconnecting or resending would fail the same way. */
        NEVER,
        /** Not at once. */
        LATER,
        /** With exponential backoff, and resume. */
        BACKOFF,
        /** At the {@code reconnectAfterMs} of the shutdown notice. */
        SLOT
    }

    private final int code;
    private final String reason;
    private final Retry retry;

    CloseCode(int code, String reason, Retry retry) {
        this.code = code;
        this.reason = reason;
        this.retry = retry;
    }

    public int code() {
        return code;
    }

    /** The reason sent where there is nothing more precise to say. */
    public String reason() {
        return reason;
    }

    public Retry retry() {
        return retry;
    }
}
