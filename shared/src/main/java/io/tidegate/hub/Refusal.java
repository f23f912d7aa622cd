package io.tidegate.hub;

import io.tidegate.access.Verdict;
import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.ErrorCode;

/** The reason why a client is not admitted, and the text that the client is told. */
public record Refusal(ErrorCode code, String message, CloseCode close) {
    /** The refusal that a client gets for a refused token. */
    public static Refusal of(Verdict.Refused refused) {
        return switch (refused.reason()) {
            case EXPIRED -> new Refusal(ErrorCode.TOKEN_EXPIRED, refused.message(), CloseCode.TOKEN);
            case FORBIDDEN -> new Refusal(ErrorCode.FORBIDDEN, refused.message(), CloseCode.FORBIDDEN);
            case MISSING, INVALID, UNAVAILABLE ->
                new Refusal(ErrorCode.INVALID_TOKEN, refused.message(), CloseCode.TOKEN);
        };
    }
}
