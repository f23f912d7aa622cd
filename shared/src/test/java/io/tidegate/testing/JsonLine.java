package io.tidegate.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A line that must be one JSON object of strings, and nothing else. */
public final class JsonLine {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonLine() {}

    /** Its members, in their order. */
    public static Map<String, String> members(String line) {
        Map<String, String> members = new LinkedHashMap<>();
        try (JsonParser json = JSON.createParser(line)) {
            require(json.nextToken() == JsonToken.START_OBJECT, line);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                require(json.nextToken() == JsonToken.VALUE_STRING, line);
                require(members.put(name, json.getText()) == null, line);
            }
            require(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null, line);
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
        return members;
    }

    private static void require(boolean holds, String line) {
        if (!holds) {
            throw new AssertionError("not one JSON object of strings: " + line);
        }
    }
}
