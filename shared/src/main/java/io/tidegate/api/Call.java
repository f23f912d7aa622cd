package io.tidegate.api;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request.
 *
 * @param path as written, without the query
 * @param query as written, without the question mark; empty where there is none
 * @param header the value of a header by its name in lower case
 */
public record Call(String method, String path, String query, Function<String, Optional<String>> header, Body body) {

    /** The trace that the request belongs to (W3C Trace Context), unchecked; empty where the request names none. */
    String traceparent() {
        return header.apply("traceparent").orElse("");
    }

    /** A request's body; read once at most. */
    @FunctionalInterface
    public interface Body {
        /**
         * Reads the whole body.
         *
         * @param limit bytes that are allowed
         * @return empty where the body is larger
         * @throws IOException where the body is incomplete
         */
        Optional<byte[]> read(int limit) throws IOException;
    }
}
