package io.tidegate.framing;

import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Message;

/** A complete message or event from a client. Nothing follows a {@link Close}, a {@link Violation} or an {@link End}. */
public sealed interface Inbound {

    /** A data message, its fragments joined. */
    record Data(Message message) implements Inbound {}

    /** A ping, to be answered by a pong with the same payload (RFC 6455, section 5.5.2). */
    record Ping(byte[] payload) implements Inbound {}

    /** A pong, with or without a ping before it (RFC 6455, section 5.5.3). */
    record Pong(byte[] payload) implements Inbound {}

    /**
     * The client closes (RFC 6455, section 5.5.1).
     *
     * @param code a code that may be in a frame, or {@link #NO_CODE}
     * @param reason empty where there is none
     */
    record Close(int code, String reason) implements Inbound {
        /** Stands for a close frame without a body; never sent (RFC 6455, section 7.4.1). */
        static final int NO_CODE = 1005;
    }

    /**
     * The client broke the protocol or a limit: the connection must be failed (RFC 6455, section 7.1.7).
     *
     * @param code for the close frame
     * @param reason for the close frame: what was wrong, in at most 123 bytes, without any text from the client
     * @param closed whether the client has already sent its close frame (valid or not), so that no other comes
     */
    record Violation(CloseCode code, String reason, boolean closed) implements Inbound {}

    /** TCP ended without a close frame. */
    record End() implements Inbound {}
}
