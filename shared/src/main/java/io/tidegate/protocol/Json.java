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
    /** Levels of arrays and objects in each other. */
    private static final int MAX_DEPTH = 1_000;

    /** Characters of a number. */
    private static final int MAX_NUMBER = 1_000;

    /** A name may be as long as a message may be. */
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
     * The wanted members of a JSON object, each as the bytes in which it was written: passing them on needs no second
     * encoding and changes nothing. Of a name that stands twice the last counts, as in ECMAScript.
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

    /** Reads a text of JSON in UTF-8, within the limits. */
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
     * What was wrong, and what is allowed, in words for a client.
     *
     * @param allowed where it is not JSON
     */
    static String complaint(JsonProcessingException e, String allowed) {
        if (e instanceof StreamConstraintsException) {
            return "nested too deep, or a number that is too long; allowed are " + MAX_DEPTH + " levels and numbers of "
                    + MAX_NUMBER + " characters";
        }
        long at = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
        return (at < 0 ? "not JSON" : "not JSON at byte " + at) + "; " + allowed;
    }

    /** The string that this value is; empty where it is none, or not there. */
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

    /** The message id that this value is; empty where it is none, or not there. */
    static Optional<MessageId> id(byte @Nullable [] value) {
        Optional<String> text = string(value);
        if (text.isPresent()) {
            return text.filter(id -> !id.isEmpty() && id.length() <= MessageId.MAX_LENGTH)
                    .filter(Json::isUnicode)
                    .map(id -> new MessageId(quoted(id)));
        }
        // An integer has one spelling, but for -0.
        String number = value == null ? "" : new String(value, UTF_8);
        return INTEGER.matcher(number).matches() ? Optional.of(new MessageId(number)) : Optional.empty();
    }

    /** The JSON string with this text. */
    static String quoted(String text) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    /** The parser guesses UTF-16, UTF-32 and byte order marks from the first bytes; a WebSocket text is UTF-8. */
    private static void refuseOtherEncodings(byte[] text) throws JsonParseException {
        for (int i = 0; i < Math.min(4, text.length); i++) {
            if (text[i] == 0 || text[i] == (byte) 0xEF) {
                throw new JsonParseException(null, "unexpected byte " + (text[i] & 0xFF) + " at " + i);
            }
        }
    }

    /** Whether UTF-8 has this text: half a surrogate pair can be written in JSON alone. */
    static boolean isUnicode(String text) {
        return UTF_8.newEncoder().canEncode(text);
    }

    static byte[] ascii(String text) {
        return text.getBytes(UTF_8);
    }

    /** The value as it was written; empty where it is not there. */
    static Optional<String> ascii(byte @Nullable [] value) {
        return value == null ? Optional.empty() : Optional.of(new String(value, UTF_8));
    }
}
