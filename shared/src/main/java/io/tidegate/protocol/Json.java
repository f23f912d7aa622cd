package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** JSON from clients, read as a stream of tokens. */
final class Json {
    /** The largest nesting depth of arrays and objects. */
    private static final int MAX_DEPTH = 1_000;

    /** The largest number of characters in a number. */
    private static final int MAX_NUMBER = 1_000;

    /** A name may be as long as a message. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,19}");

    private Json() {}

    /**
     * The wanted members of a JSON object, each as the bytes in which it was written: so a value is passed on unchanged
     * and without a second encoding. Of a repeated name the last value counts, as in ECMAScript.
     *
     * @return empty where the text is JSON, but no object
     * @throws JsonProcessingException where the text is not JSON, or above {@link #MAX_DEPTH} or {@link #MAX_NUMBER}
     */
    static Optional<Map<String, byte[]>> members(byte[] text, Set<String> wanted) throws JsonProcessingException {
        try {
            return read(text, wanted);
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** A parser for a JSON text in UTF-8, with the limits. */
    static JsonParser parser(byte[] text) throws IOException {
        refuseOtherEncodings(text);
        return FACTORY.createParser(text);
    }

    private static Optional<Map<String, byte[]>> read(byte[] text, Set<String> wanted) throws IOException {
        Map<String, byte[]> members = new HashMap<>();
        try (JsonParser json = parser(text)) {
            JsonToken first = json.nextToken();
            if (first == null) {
                throw new JsonParseException(json, "empty");
            }
            boolean object = first == JsonToken.START_OBJECT;
            if (!object) {
                json.skipChildren();
            }
            while (object && json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                int start = (int) json.currentTokenLocation().getByteOffset();
                json.skipChildren();
                json.finishToken();
                if (wanted.contains(name)) {
                    int end = (int) json.currentLocation().getByteOffset();
                    members.put(name, Arrays.copyOfRange(text, start, end));
                }
            }
            if (json.nextToken() != null) {
                throw new JsonParseException(json, "more than one value");
            }
            return object ? Optional.of(members) : Optional.empty();
        }
    }

    /**
     * What was wrong and what is allowed, in words for a client.
     *
     * @param allowed what is allowed, for a text that is not JSON
     */
    static String complaint(JsonProcessingException e, String allowed) {
        if (e instanceof StreamConstraintsException) {
            return "nested too deep, or a number that is too long; allowed are " + MAX_DEPTH + " levels and numbers of "
                    + MAX_NUMBER + " characters";
        }
        long at = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
        return (at < 0 ? "not JSON" : "not JSON at byte " + at) + "; " + allowed;
    }

    /** The value as a string; empty where it is no string, or missing. */
    static Optional<String> string(byte @Nullable [] value) {
        if (value == null || value[0] != '"') {
            return Optional.empty();
        }
        try (JsonParser json = FACTORY.createParser(value)) {
            json.nextToken();
            return Optional.of(json.getText());
        } catch (IOException e) {
            throw new UncheckedIOException("reading again what has been read", e);
        }
    }

    /** The value as a message id; empty where it is not a valid id, or missing. */
    static Optional<MessageId> id(byte @Nullable [] value) {
        Optional<String> text = string(value);
        if (text.isPresent()) {
            return text.filter(id -> !id.isEmpty() && id.length() <= MessageId.MAX_LENGTH)
                    .filter(Json::isUnicode)
                    .map(id -> new MessageId(quoted(id)));
        }
        // An integer has only one spelling, except -0.
        String number = value == null ? "" : new String(value, UTF_8);
        return INTEGER.matcher(number).matches() ? Optional.of(new MessageId(number)) : Optional.empty();
    }

    /** The JSON string with this text. */
    static String quoted(String text) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    /**
     * Refuses UTF-16, UTF-32 and byte order marks, which the parser would detect from the first bytes. A WebSocket text
     * is UTF-8.
     */
    private static void refuseOtherEncodings(byte[] text) throws JsonParseException {
        for (int i = 0; i < Math.min(4, text.length); i++) {
            if (text[i] == 0 || text[i] == (byte) 0xEF) {
                throw new JsonParseException(null, "unexpected byte " + (text[i] & 0xFF) + " at " + i);
            }
        }
    }

    /** Whether UTF-8 can encode this text. JSON can contain half a surrogate pair, UTF-8 cannot. */
    static boolean isUnicode(String text) {
        return UTF_8.newEncoder().canEncode(text);
    }

    static byte[] ascii(String text) {
        return text.getBytes(UTF_8);
    }

    /** The value as it was written; empty where it is missing. */
    static Optional<String> ascii(byte @Nullable [] value) {
        return value == null ? Optional.empty() : Optional.of(new String(value, UTF_8));
    }
}
