package io.tidegate.framing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.CloseCode;

/** The payload of a close frame (RFC 6455, section 5.5.1): nothing, or a code and then a reason. */
final class CloseBody {
    private CloseBody() {}

    /** A {@link Inbound.Close}, or a {@link Inbound.Violation} where the body is malformed. */
    static Inbound read(byte[] body) {
        if (body.length == 0) {
            return new Inbound.Close(Inbound.Close.NO_CODE, "");
        }
        if (body.length == 1) {
            return new Inbound.Violation(CloseCode.PROTOCOL_ERROR, "close frame with a code of one byte", true);
        }
        int code = (body[0] & 0xFF) << 8 | (body[1] & 0xFF);
        if (!mayBeSent(code)) {
            return new Inbound.Violation(CloseCode.PROTOCOL_ERROR, "close code that may not be sent", true);
        }
        if (Utf8.check(Utf8.WHOLE, body, 2, body.length) != Utf8.WHOLE) {
            return new Inbound.Violation(CloseCode.INVALID_UTF8, "close reason is not UTF-8", true);
        }
        return new Inbound.Close(code, new String(body, 2, body.length - 2, UTF_8));
    }

    /**
     * Whether a close code may be sent (section 7.4, and the IANA registry of close codes). Code 1004 is reserved; 1005,
     * 1006 and 1015 are for local use only; 1016 to 2999 are reserved for the protocol; 3000 to 4999 belong to libraries
     * and applications.
     */
    private static boolean mayBeSent(int code) {
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    }
}
