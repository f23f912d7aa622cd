package io.tidegate.protocol;

/**
 * Every code with which this server closes a connection (RFC 6455, section 7.4, and the IANA registry of close codes).
 * What a client does after each of them is in {@code docs/protocol.md}.
 */
public enum CloseCode {
    /** The client closed. */
    NORMAL(1000, "bye"),
    /** Frames that RFC 6455 does not allow. */
    PROTOCOL_ERROR(1002, "protocol error"),
    /** Text that is not UTF-8. */
    INVALID_UTF8(1007, "text is not UTF-8"),
    /** Too many messages a second, on the broadcast or the plain wire; too many topics of a client, on the plain wire. */
    POLICY(1008, "policy violation"),
    /** A message above {@code tidegate.limits.message}. */
    TOO_LARGE(1009, "message too large"),
    /** An internal error of this server, or a peer without a sign of life. */
    INTERNAL(1011, "internal error"),
    /** Drain or rebalance. */
    RESTART(1012, "server restarting, please reconnect"),
    /** A slow consumer, or an overloaded node. */
    OVERLOAD(1013, "too slow, please reconnect"),
    /** The token is bad, or has expired. With a new token the client may reconnect at once. */
    TOKEN(4401, "send a new token"),
    /** The client is not allowed here. It need not reconnect with this token. */
    FORBIDDEN(4403, "not allowed");

    private final int code;
    private final String reason;

    CloseCode(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    public int code() {
        return code;
    }

    /** The reason that is sent where there is no more precise one. */
    public String reason() {
        return reason;
    }
}
