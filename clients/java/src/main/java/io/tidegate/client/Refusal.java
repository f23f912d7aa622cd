package io.tidegate.client;

/**
 * The server's {@code error}, which another try would not change.
 *
 * @param code such as {@code invalid-topic} or {@code too-many-topics}. Two codes come from the client itself: {@code
 *     too-large} for a message above the server's {@code limits.message}, and {@code connection-lost} for a message that
 *     is not kept and was under way when the connection was lost
 * @param message a sentence for a human
 */
public record Refusal(String code, String message) {

    /** Whether the same request may succeed later. */
    boolean isPassing() {
        return isUncertain() || code.equals("rate-limited");
    }

    /** Whether the request may have been carried out. */
    boolean isUncertain() {
        return code.equals("relay-unavailable");
    }
}
