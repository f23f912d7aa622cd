package io.tidegate.api;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request as it came.
 *
 * @param path as written, without the query
 * @param query as written, without the question mark; empty where there is none
 * @param header the value of a header by its name in lower case
 */
public record Call(String method, String path, String query, Function<String, Optional<String>> header, Body body) {

    /** The trace of which the request is part (W3C Trace Context), as it came; empty where it names none. */
    String traceparent() {
        return header.apply("traceparent").orElse("");
    }

    /** What a request carries; read once at most. */
    @FunctionalInterface
    public interface Body {
        /**
         * Reads all of it.
         *
         * @param limit bytes that are allowed
         * @return empty where there are more
         * @throws IOException where it does not come to its end
         */
        Optional<byte[]> read(int limit) throws IOException;
    }
}
