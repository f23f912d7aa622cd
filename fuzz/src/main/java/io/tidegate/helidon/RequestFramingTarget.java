package io.tidegate.helidon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.BadRequestException;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Headers;
import io.helidon.webserver.http1.Http1Prologue;
import io.tidegate.fuzz.Promise;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What follows the first line of a request: its fields, its content, and the next request. The first byte says how that is cut, and
 * whether the other bytes are the text, or choose parts of it. Helidon's parser, {@link RequestReader} and {@link RequestFraming}
 * read it as a connection does. They hand on exactly the request that a strict reader of the same bytes finds (RFC 9112, sections 5
 * to 7), with the same content and the same end, for any cuts. Four lenient readers, which take the first or the last of several
 * values, and prefer the one header or the other, find that end too.
 */
public final class RequestFramingTarget {
    private static final String FIRST_LINE = "POST / HTTP/1.1\r\n";
    private static final int LONGEST_FIRST_LINE = 1_000;

    /** More than an input has. */
    private static final int LONGEST_HEAD = 1 << 20;

    private static final int LARGEST_PIECE = 32;

    /** In the first byte: the others choose parts. So a change of one byte is also a change of a whole field. */
    private static final int CHOOSES = 0x80;

    private static final List<String> PARTS = List.of(
            "Content-Length: ",
            "Content-Length: 5\r\n",
            "Content-Length: 0\r\n",
            "Transfer-Encoding: ",
            "Transfer-Encoding: chunked\r\n",
            "chunked",
            "identity",
            "gzip",
            "X: a",
            "Y",
            "\r\n",
            "\r",
            "\n",
            "\0",
            " ",
            "\t",
            "\u00FF",
            "+",
            "-",
            "0x",
            "0",
            "5",
            "a",
            ":",
            ";",
            ",",
            "=",
            "hello",
            "5\r\n",
            "hello\r\n",
            "0\r\n",
            "GET / HTTP/1.1\r\n");

    private static final HeaderTimeout HEADS = new HeaderTimeout(HeaderTimeout.TIMEOUT);
    private static final ConnectionContext CONTEXT = context();

    private RequestFramingTarget() {}

    /**
     * A request that is handed on.
     *
     * @param end the index of the next request
     */
    private record Request(String content, int end) {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int piece = 1 + (input[0] & 0xFF) % LARGEST_PIECE;
        String text = text(input);

        Strict strict = new Strict(text);
        Optional<Request> expected = strict.read();
        Promise.same(expected, read(text, text.length() + FIRST_LINE.length(), true));
        Promise.same(expected, read(text, piece, true));
        Promise.same(
                expected.filter(request -> request.content().isEmpty() && !strict.isChunked), read(text, piece, false));
        expected.ifPresent(request -> {
            for (boolean last : new boolean[] {false, true}) {
                for (boolean lengthFirst : new boolean[] {false, true}) {
                    Promise.same(request, new Lenient(text, last, lengthFirst).read());
                }
            }
        });
    }

    private static String text(byte[] input) {
        if ((input[0] & CHOOSES) == 0) {
            return new String(input, 1, input.length - 1, ISO_8859_1);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < input.length; i++) {
            text.append(PARTS.get((input[i] & 0xFF) % PARTS.size()));
        }
        return text.toString();
    }

    /** As Helidon's Http1Connection reads it; empty where no request is handed on: it is refused, or unfinished. */
    private static Optional<Request> read(String text, int piece, boolean content) {
        byte[] bytes = (FIRST_LINE + text).getBytes(ISO_8859_1);
        int[] at = {0};
        RequestReader reader = new RequestReader(() -> {
            if (at[0] == bytes.length) {
                throw new DataReader.InsufficientDataAvailableException();
            }
            int from = at[0];
            at[0] = Math.min(bytes.length, from + piece);
            return Arrays.copyOfRange(bytes, from, at[0]);
        });
        RequestFraming framing = new RequestFraming(HEADS, content);
        try {
            HttpPrologue prologue = new Http1Prologue(reader, LONGEST_FIRST_LINE, true).readPrologue();
            framing.prologue(CONTEXT, prologue);
            WritableHeaders<?> headers = new Http1Headers(reader, LONGEST_HEAD, true).readHeaders(prologue);
            framing.headers(CONTEXT, headers);
            String body = content(reader, headers);
            return Optional.of(new Request(body, at[0] - reader.available() - FIRST_LINE.length()));
        } catch (RequestException | BadRequestException | CloseConnectionException e) {
            return Optional.empty();
        }
    }

    private static String content(RequestReader reader, WritableHeaders<?> headers) {
        StringBuilder content = new StringBuilder();
        if (headers.contains(HeaderValues.TRANSFER_ENCODING_CHUNKED)) {
            while (true) {
                int length = Integer.parseUnsignedInt(reader.readLine(), 16);
                if (length == 0) {
                    Promise.that(reader.readLine().isEmpty(), () -> "trailers that Helidon refuses itself");
                    return content.toString();
                }
                append(reader, length, content);
                reader.skip(2);
            }
        }
        if (headers.contains(HeaderNames.CONTENT_LENGTH)) {
            long left = headers.get(HeaderNames.CONTENT_LENGTH).get(long.class);
            while (left > 0) {
                reader.ensureAvailable();
                int length = (int) Math.min(reader.available(), left);
                append(reader, length, content);
                left -= length;
            }
        }
        return content.toString();
    }

    private static void append(RequestReader reader, int length, StringBuilder content) {
        byte[] bytes = new byte[length];
        reader.readBuffer(length).read(bytes);
        content.append(new String(bytes, ISO_8859_1));
    }

    /** Only identity is asked of it. */
    private static ConnectionContext context() {
        return (ConnectionContext) Proxy.newProxyInstance(
                RequestFramingTarget.class.getClassLoader(),
                new Class<?>[] {ConnectionContext.class},
                (proxy, method, arguments) -> method.getName().equals("hashCode") ? 1 : proxy == arguments[0]);
    }

    /**
     * The grammar of RFC 9112, without what this server refuses: several values of one header, codings before {@code chunked},
     * trailers, and lengths of more than 18 decimal or 15 hexadecimal digits.
     */
    private static final class Strict {
        private static final Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t -~\u0080-\u00FF]*)");
        private static final Pattern BLANKS = Pattern.compile("^[ \t]+|[ \t]+$");
        private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,15})(?:[ \t]*;[\t -~]*)?");

        /** Bytes of a line with a chunk's size. */
        private static final int LONGEST_LINE = 255;

        private final String text;
        private int at;
        private boolean isChunked;

        Strict(String text) {
            this.text = text;
        }

        Optional<Request> read() {
            List<String> lengths = new ArrayList<>();
            List<String> codings = new ArrayList<>();
            while (true) {
                Optional<String> line = line();
                if (line.filter(String::isEmpty).isPresent()) {
                    break;
                }
                Matcher field = FIELD.matcher(line.orElse(""));
                if (!field.matches()) {
                    return Optional.empty();
                }
                String name = field.group(1).toLowerCase(Locale.ROOT);
                if (name.equals("content-length")) {
                    lengths.add(BLANKS.matcher(field.group(2)).replaceAll(""));
                } else if (name.equals("transfer-encoding")) {
                    codings.add(BLANKS.matcher(field.group(2)).replaceAll(""));
                }
            }
            if (lengths.size() + codings.size() > 1) {
                return Optional.empty();
            }
            isChunked = !codings.isEmpty();
            if (isChunked) {
                return codings.getFirst().toLowerCase(Locale.ROOT).equals("chunked") ? chunks() : Optional.empty();
            }
            String length = lengths.isEmpty() ? "0" : lengths.getFirst();
            return length.matches("[0-9]{1,18}") ? take(Long.parseLong(length)).map(this::request) : Optional.empty();
        }

        private Optional<Request> chunks() {
            StringBuilder content = new StringBuilder();
            while (true) {
                Matcher chunk = CHUNK.matcher(
                        line().filter(line -> line.length() <= LONGEST_LINE).orElse(""));
                if (!chunk.matches()) {
                    return Optional.empty();
                }
                long size = Long.parseLong(chunk.group(1), 16);
                Optional<String> data = take(size);
                if (data.isEmpty() || !line().equals(Optional.of(""))) {
                    return Optional.empty();
                }
                if (size == 0) {
                    return Optional.of(request(content.toString()));
                }
                content.append(data.get());
            }
        }

        private Request request(String content) {
            return new Request(content, at);
        }

        private Optional<String> line() {
            int end = text.indexOf("\r\n", at);
            if (end < 0) {
                return Optional.empty();
            }
            String line = text.substring(at, end);
            at = end + 2;
            return Optional.of(line);
        }

        private Optional<String> take(long length) {
            if (length > text.length() - at) {
                return Optional.empty();
            }
            at += (int) length;
            return Optional.of(text.substring(at - (int) length, at));
        }
    }

    /**
     * A proxy that repairs what it can: LF ends a line, a line that begins with a blank goes on with the one before, names and
     * values lose all control characters around them, a number ends before the first other character, and trailers are skipped.
     */
    private static final class Lenient {
        private static final Pattern NUMBER = Pattern.compile("\\s*[+]?(?:0x)?([0-9a-f]+).*", Pattern.DOTALL);

        private final String text;
        private final boolean last;
        private final boolean lengthFirst;
        private int at;

        /**
         * A reader.
         *
         * @param last whether the last of several values counts, or the first
         * @param lengthFirst whether a length counts where there is a coding too
         */
        Lenient(String text, boolean last, boolean lengthFirst) {
            this.text = text;
            this.last = last;
            this.lengthFirst = lengthFirst;
        }

        Request read() {
            List<String> lines = new ArrayList<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                boolean isFolded = line.charAt(0) <= ' ' && !lines.isEmpty();
                lines.add(isFolded ? lines.removeLast() + line : line);
            }
            Optional<String> length = value(lines, "content-length");
            Optional<String> coding = value(lines, "transfer-encoding");
            if (coding.filter(value -> value.contains("chunked")).isPresent() && !(lengthFirst && length.isPresent())) {
                return chunks();
            }
            return new Request(take(length.map(value -> number(value, 10)).orElse(0L)), at);
        }

        private Request chunks() {
            StringBuilder content = new StringBuilder();
            for (long size = number(line(), 16); size > 0; size = number(line(), 16)) {
                content.append(take(size));
                line();
            }
            while (!line().isEmpty()) {
                // A trailer.
            }
            return new Request(content.toString(), at);
        }

        private Optional<String> value(List<String> lines, String name) {
            List<String> values = new ArrayList<>();
            for (String line : lines) {
                int colon = line.indexOf(':');
                if (colon >= 0 && lower(line.substring(0, colon)).equals(name)) {
                    values.addAll(List.of(lower(line.substring(colon + 1)).split(",", -1)));
                }
            }
            return values.isEmpty() ? Optional.empty() : Optional.of(last ? values.getLast() : values.getFirst());
        }

        private static String lower(String text) {
            return text.trim().toLowerCase(Locale.ROOT);
        }

        private static long number(String text, int radix) {
            Matcher number = NUMBER.matcher(text.toLowerCase(Locale.ROOT));
            return number.matches() ? Long.parseLong(number.group(1), radix) : 0;
        }

        /** Also the rest of a text without an end of line. */
        private String line() {
            int end = text.indexOf('\n', at);
            String line = text.substring(at, end < 0 ? text.length() : end);
            at = end < 0 ? text.length() : end + 1;
            return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        }

        private String take(long length) {
            int taken = (int) Math.min(length, text.length() - at);
            at += taken;
            return text.substring(at - taken, at);
        }
    }
}
