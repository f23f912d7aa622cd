package io.tidegate.framing;

import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Message;

/** What has arrived from a client, whole. Nothing follows a {@link Close}, a {@link Violation} or an {@link End}. */
public sealed interface Inbound {

    /** A data message, its fragments joined. */
    record Data(Message message) implements Inbound {}

    /** To be answered by a pong with the same payload (RFC 6455, section 5.5.2). */
    record Ping(byte[] payload) implements Inbound {}

    /** Asked for or not (RFC 6455, section 5.5.3). */
    record Pong(byte[] payload) implements Inbound {}

    /**
     * The client closes (RFC 6455, section 5.5.1).
     *
     * @param code one that may stand in a frame, or {@link #NO_CODE}
     * @param reason empty where there is none
     */
    record Close(int code, String reason) implements Inbound {
        /** Stands for a close frame without a body; never sent (RFC 6455, section 7.4.1). */
        static final int NO_CODE = 1005;
    }

    /**
     * The client broke the protocol or a limit: the connection is to be failed (RFC 6455, section 7.1.7).
     *
     * @param code for the close frame
     * @param reason for the close frame: what was wrong, in at most 123 bytes, with nothing from the client in it
     * @param closed whether the client has sent its close frame already, this or a later one: no other one comes
     */
    record Violation(CloseCode code, String reason, boolean closed) implements Inbound {}

    /** TCP ended without a close frame. */
    record End() implements Inbound {}
}
