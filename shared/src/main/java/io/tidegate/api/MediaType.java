package io.tidegate.api;

import java.util.Locale;
import java.util.Set;

/**
 * The media type of a body.
 *
 * @param name in lower case and without parameters; empty where none is given
 * @param charset empty where none is given
 */
record MediaType(String name, String charset) {
    private static final Set<String> LINES = Set.of("application/x-ndjson", "application/ndjson", "application/jsonl");

    static MediaType of(Call call) {
        String[] parts = call.header().apply("content-type").orElse("").split(";");
        String charset = "";
        for (String part : parts) {
            String parameter = part.strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("charset=")) {
                charset = parameter.substring("charset=".length()).replace("\"", "");
            }
        }
        return new MediaType(parts[0].strip().toLowerCase(Locale.ROOT), charset);
    }

    /** Whether the body is JSON. A body without a media type is taken for JSON. */
    boolean isJson() {
        return isUtf8()
                && (name.isEmpty() || name.equals("application/json") || name.matches("application/[^/]+\\+json"));
    }

    boolean isLines() {
        return isUtf8() && LINES.contains(name);
    }

    boolean isText() {
        return isUtf8() && name.equals("text/plain");
    }

    boolean isBytes() {
        return name.equals("application/octet-stream");
    }

    private boolean isUtf8() {
        return charset.isEmpty() || charset.equals("utf-8") || charset.equals("us-ascii");
    }

    Answer refusal(String allowed) {
        String given = name.isEmpty() ? "a body without \"Content-Type\"" : "\"Content-Type\"";
        return Answer.problem(415, given + " is not allowed; allowed are " + allowed + ", in UTF-8")
                .with("Accept", allowed.replace(" and ", ", "));
    }
}
