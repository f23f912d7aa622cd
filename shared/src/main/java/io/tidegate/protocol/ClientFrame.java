package io.tidegate.protocol;

/** What a client's message asks for. */
public sealed interface ClientFrame {

    /** Hand this to every subscriber of the connection's topic. */
    record Publish(Message message) implements ClientFrame {}

    /** Bad input: a value, not an exception, since it is expected. */
    record Invalid(ErrorCode code, String message) implements ClientFrame {}
}
