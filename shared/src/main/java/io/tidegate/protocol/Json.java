package io.tidegate.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** JSON, read and written as streams of tokens. */
final class Json {
    static final String SHUTDOWN_MESSAGE = "Server restarting, please reconnect";

    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    static byte[] encode(ServerFrame frame) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            switch (frame) {
                case ServerFrame.Heartbeat heartbeat -> {
                    json.writeStringField("type", "heartbeat");
                    json.writeNumberField("timestamp", heartbeat.timestamp());
                }
                case ServerFrame.ServerShutdown shutdown -> {
                    json.writeStringField("type", "server-shutdown");
                    json.writeStringField("message", SHUTDOWN_MESSAGE);
                    json.writeNumberField("reconnectAfterMs", shutdown.reconnectAfterMs());
                }
                case ServerFrame.ErrorFrame error -> {
                    json.writeStringField("type", "error");
                    json.writeStringField("code", error.code().wire());
                    json.writeStringField("message", error.message());
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    /**
     * The wanted members of a JSON object, each as the bytes in which it was written: passing them on needs no second
     * encoding and changes nothing. Of a name that stands twice the last counts, as in ECMAScript.
     *
     * @return empty where the text is JSON, but no object
     * @throws JsonParseException where the text is not JSON
     */
    static Optional<Map<String, byte[]>> members(byte[] text, Set<String> wanted) throws IOException {
        refuseOtherEncodings(text);
        Map<String, byte[]> members = new HashMap<>();
        try (JsonParser json = FACTORY.createParser(text)) {
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

    /** The parser guesses UTF-16, UTF-32 and byte order marks from the first bytes; a WebSocket text is UTF-8. */
    private static void refuseOtherEncodings(byte[] text) throws JsonParseException {
        for (int i = 0; i < Math.min(4, text.length); i++) {
            if (text[i] == 0 || text[i] == (byte) 0xEF) {
                throw new JsonParseException(null, "unexpected byte " + (text[i] & 0xFF) + " at " + i);
            }
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(UTF_8);
    }
}
