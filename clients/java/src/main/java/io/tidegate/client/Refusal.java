package io.tidegate.client;

/**
 * The server's {@code error}, which trying again would not change.
 *
 * @param code such as {@code invalid-topic} or {@code too-many-topics}; {@code too-large} is the client's own, for what
 *     is above the server's {@code limits.message}
 * @param message a sentence for a human
 */
public record Refusal(String code, String message) {}
