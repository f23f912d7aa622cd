package io.tidegate.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.StrictJson;
import java.util.HashMap;
import java.util.Map;

/**
 * A response.
 *
 * @param headers by name, the content type among them
 * @param body empty where there is none
 */
public record Answer(int status, Map<String, String> headers, byte[] body) {
    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(408, "Request Timeout"),
            Map.entry(413, "Content Too Large"),
            Map.entry(414, "URI Too Long"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(431, "Request Header Fields Too Large"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(503, "Service Unavailable"),
            Map.entry(505, "HTTP Version Not Supported"));

    private static final byte[] NOTHING = {};

    static Answer json(String body) {
        return of(200, "application/json", body.getBytes(UTF_8));
    }

    static Answer of(int status, String contentType, byte[] body) {
        return new Answer(status, Map.of("Content-Type", contentType, "Cache-Control", "no-store"), body);
    }

    static Answer noContent() {
        return new Answer(204, Map.of(), NOTHING);
    }

    /** A problem as RFC 9457 defines it. */
    public static Answer problem(int status, String detail) {
        String body = "{\"type\":\"about:blank\"," + problemMembers(status, detail) + "}";
        return of(status, "application/problem+json", body.getBytes(UTF_8));
    }

    /** The members that say what is wrong, without the braces. */
    static String problemMembers(int status, String detail) {
        return "\"title\":%s,\"status\":%d,\"detail\":%s"
                .formatted(StrictJson.quoted(TITLES.getOrDefault(status, "Error")), status, StrictJson.quoted(detail));
    }

    /** The same answer with one more header. */
    public Answer with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new Answer(status, more, body);
    }
}
