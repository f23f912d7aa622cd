package io.tidegate.helidon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The head of an HTTP/1.0 request, rewritten as an HTTP/1.1 head with the same meaning.
 *
 * @param bytes from the request line to the empty line
 * @param content bytes of the request after its head
 * @param last whether the connection ends with the answer to this request
 */
record OldHead(byte[] bytes, long content, boolean last) {
    private static final String END = "\r\n";
    private static final String OLD = " HTTP/1.0";

    /** Headers that have another meaning in HTTP/1.0, or must be ignored there (RFC 9110, section 10.1.1). */
    private static final Set<String> DROPPED = Set.of("connection", "keep-alive", "expect");

    /** Whether a request line, without its end, is of HTTP/1.0. */
    static boolean begins(String requestLine) {
        return requestLine.endsWith(OLD);
    }

    /**
     * Rewrites a head. Without {@code Connection: keep-alive} an HTTP/1.0 client waits for the end of the connection (RFC
     * 9112, appendix C.2.2), and it need not name a host. A client that sends chunks has an undefined meaning (section
     * 6.1), so nothing after its head is read.
     *
     * @param head up to the empty line; {@link #begins} holds for its first line
     */
    static OldHead of(byte[] head) {
        List<String> lines = Arrays.asList(new String(head, ISO_8859_1).split(END));
        String first = lines.getFirst();
        List<Map.Entry<String, String>> fields =
                lines.stream().skip(1).map(OldHead::field).toList();
        boolean chunks = fields.stream().anyMatch(field -> field.getKey().equals("transfer-encoding"));
        boolean stays = !chunks && fields.stream().anyMatch(OldHead::keepsAlive);

        List<String> now = new ArrayList<>();
        now.add(first.substring(0, first.length() - OLD.length()) + " HTTP/1.1");
        if (fields.stream().noneMatch(field -> field.getKey().equals("host"))) {
            now.add("Host: localhost");
        }
        now.add(stays ? "Connection: keep-alive" : "Connection: close");
        lines.stream()
                .skip(1)
                .filter(line -> !DROPPED.contains(field(line).getKey()))
                .forEach(now::add);
        byte[] bytes = (String.join(END, now) + END + END).getBytes(ISO_8859_1);
        return new OldHead(bytes, chunks ? 0 : contentLength(fields), !stays);
    }

    private static boolean keepsAlive(Map.Entry<String, String> field) {
        return field.getKey().equals("connection")
                && Arrays.stream(field.getValue().split(","))
                        .anyMatch(token -> token.strip().equalsIgnoreCase("keep-alive"));
    }

    /** The length of the content. Helidon refuses a value that is not a length. */
    private static long contentLength(List<Map.Entry<String, String>> fields) {
        return fields.stream()
                .filter(field -> field.getKey().equals("content-length"))
                .map(Map.Entry::getValue)
                .filter(value -> value.matches("[0-9]{1,18}"))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    /** A header's name in lower case, and its value. Helidon refuses a line without a colon. */
    private static Map.Entry<String, String> field(String line) {
        int colon = line.indexOf(':');
        return colon < 0
                ? Map.entry("", line)
                : Map.entry(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
    }
}
