package io.tidegate.protocol;

/** The {@code code} of an {@code error} frame. */
public enum ErrorCode {
    INVALID_JSON("invalid-json"),
    INVALID_FRAME("invalid-frame"),
    INVALID_TOPIC("invalid-topic"),
    TOO_MANY_TOPICS("too-many-topics"),
    FORBIDDEN("forbidden"),
    INVALID_TOKEN("invalid-token"),
    TOKEN_EXPIRED("token-expired"),
    RATE_LIMITED("rate-limited"),
    RELAY_UNAVAILABLE("relay-unavailable");

    private final String wire;

    ErrorCode(String wire) {
        this.wire = wire;
    }

    /** The code as it stands in the frame. */
    public String wire() {
        return wire;
    }
}
