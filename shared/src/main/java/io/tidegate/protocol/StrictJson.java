package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.tidegate.protocol.Parsed.Bad;
import io.tidegate.protocol.Parsed.Good;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON from back ends. A name must not be repeated in an object, because readers differ in which value counts; JSON of
 * clients may repeat names. Values are returned as the bytes in which they were written.
 */
public final class StrictJson {
    private static final String ALLOWED = "allowed is one value of JSON in UTF-8, without a name twice in an object";

    private StrictJson() {}

    @FunctionalInterface
    private interface Reading<T> {
        Parsed<T> read(JsonParser json, byte[] text) throws IOException;
    }

    /** The one value of this text, without the white space around it. */
    public static Parsed<byte[]> value(byte[] text) {
        return read(text, true, (json, bytes) -> new Good<>(next(json, bytes)));
    }

    /** The wanted members of the object in this text. */
    public static Parsed<Map<String, byte[]>> object(byte[] text, Set<String> wanted) {
        return read(text, true, (json, bytes) -> {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                json.skipChildren();
                return new Bad<>("not an object; allowed members are "
                        + String.join(", ", wanted.stream().sorted().toList()));
            }
            Map<String, byte[]> members = new HashMap<>();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                byte[] value = next(json, bytes);
                if (wanted.contains(name)) {
                    members.put(name, value);
                }
            }
            return new Good<>(members);
        });
    }

    /**
     * The elements of the array in this text. Repeated names are not found here, but when an element is read.
     *
     * @param most the largest number of elements
     */
    public static Parsed<List<byte[]>> array(byte[] text, int most) {
        return read(text, false, (json, bytes) -> {
            if (json.currentToken() != JsonToken.START_ARRAY) {
                json.skipChildren();
                return new Bad<>("not an array; allowed is an array of objects");
            }
            List<byte[]> elements = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                byte[] element = next(json, bytes);
                if (elements.size() <= most) {
                    elements.add(element);
                }
            }
            return elements.size() <= most ? new Good<>(elements) : new Bad<>("too many entries; allowed are " + most);
        });
    }

    /** The value as a string; empty where it is no string, or missing. */
    public static Optional<String> string(byte @Nullable [] value) {
        return Json.string(value).filter(Json::isUnicode);
    }

    /** The JSON string with this text. */
    public static String quoted(String text) {
        return Json.quoted(text);
    }

    private static byte[] next(JsonParser json, byte[] text) throws IOException {
        int start = (int) json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        json.finishToken();
        int end = (int) json.currentLocation().getByteOffset();
        // To find the end of a number at the end of a text, the parser must read the blank after it.
        while (text[end - 1] >= 0 && text[end - 1] <= ' ') {
            end--;
        }
        return Arrays.copyOfRange(text, start, end);
    }

    private static <T> Parsed<T> read(byte[] text, boolean strict, Reading<T> reading) {
        try (JsonParser json = Json.parser(text)) {
            if (strict) {
                json.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            }
            UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
            if (json.nextToken() == null) {
                throw new JsonParseException(json, "empty");
            }
            Parsed<T> parsed = reading.read(json, text);
            if (json.nextToken() != null) {
                throw new JsonParseException(json, "more than one value");
            }
            return parsed;
        } catch (CharacterCodingException e) {
            return new Bad<>("not UTF-8; " + ALLOWED);
        } catch (JsonProcessingException e) {
            return new Bad<>(Json.complaint(e, ALLOWED));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }
}
