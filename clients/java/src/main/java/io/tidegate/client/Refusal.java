package io.tidegate.client;

/**
 * The server's {@code error}, which trying again would not change.
 *
 * @param code such as {@code invalid-topic} or {@code too-many-topics}; {@code too-large} is the client's own, for what
 *     is above the server's {@code limits.message}, and so is {@code connection-lost}, for a message that is not kept and
 *     was under way then
 * @param message a sentence for a human
 */
public record Refusal(String code, String message) {

    /** It may succeed in a while. */
    boolean isPassing() {
        return isUncertain() || code.equals("rate-limited");
    }

    /** What was asked may have been done. */
    boolean isUncertain() {
        return code.equals("relay-unavailable");
    }
}
