package io.tidegate.helidon;

import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.util.List;

/**
 * Refuses requests whose end a proxy in front may see elsewhere, so that the proxy also sees the next request begin
 * elsewhere (RFC 9112, section 11.2). Helidon takes the first of two lengths, {@code +5} for 5, and {@code identity} for
 * no coding.
 *
 * @param heads gets each head first
 * @param content whether requests of this listener may have content; where they may not, no content is read or waited for
 */
record RequestFraming(HeaderTimeout heads, boolean content) implements Http1ConnectionListener {

    @Override
    public void prologue(ConnectionContext context, HttpPrologue prologue) {
        heads.prologue(context, prologue);
        require(!prologue.fragment().hasValue(), "the target of a request must have no fragment");
    }

    /**
     * {@inheritDoc}
     *
     * @throws RequestException where the request is refused; Helidon answers, and closes the connection
     */
    @Override
    public void headers(ConnectionContext context, Headers headers) {
        heads.headers(context, headers);
        for (Header header : headers) {
            require(!header.name().isEmpty(), "each header must have a name");
        }
        List<String> lengths = headers.all(HeaderNames.CONTENT_LENGTH, List::of);
        List<String> codings = headers.all(HeaderNames.TRANSFER_ENCODING, List::of);
        require(lengths.size() <= 1, "only one Content-Length is allowed");
        require(lengths.stream().allMatch(RequestFraming::isLength), "Content-Length must be 1 to 18 digits");
        require(codings.size() <= 1, "only one Transfer-Encoding is allowed");
        require(codings.stream().allMatch("chunked"::equalsIgnoreCase), "Transfer-Encoding must be chunked");
        require(
                lengths.isEmpty() || codings.isEmpty(),
                "Content-Length and Transfer-Encoding together are not allowed");
        if (!codings.isEmpty() && headers instanceof WritableHeaders<?> writable) {
            // Helidon recognizes the value only in lower case.
            writable.set(HeaderValues.TRANSFER_ENCODING_CHUNKED);
        }
        if (!content && (!codings.isEmpty() || lengths.stream().anyMatch(length -> !length.matches("0+")))) {
            throw refusal(Status.REQUEST_ENTITY_TOO_LARGE_413, "requests to this port must have no content");
        }
    }

    private static boolean isLength(String value) {
        return value.matches("[0-9]{1,18}");
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw refusal(Status.BAD_REQUEST_400, rule);
        }
    }

    private static RequestException refusal(Status status, String message) {
        return RequestException.builder()
                .type(status.equals(Status.BAD_REQUEST_400) ? EventType.BAD_REQUEST : EventType.OTHER)
                .status(status)
                .setKeepAlive(false)
                .header(HeaderValues.CONTENT_TYPE_TEXT_PLAIN)
                .message(message)
                .safeMessage(true)
                .build();
    }
}
