package io.tidegate.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The frames of {@code tidegate.v1} as text. What the application wrote passes through unchanged. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private Json() {}

    static String publish(Publication publication, String id) {
        return object(json -> {
            json.writeStringField("type", "publish");
            json.writeStringField("topic", publication.topic());
            json.writeStringField("id", id);
            if (publication.user().isPresent()) {
                json.writeFieldName("user");
                json.writeRawValue(publication.user().get());
            }
            json.writeFieldName("message");
            json.writeRawValue(publication.message());
        });
    }

    static String subscribe(String topic, Optional<String> after) {
        return object(json -> {
            json.writeStringField("type", "subscribe");
            json.writeStringField("topic", topic);
            if (after.isPresent()) {
                json.writeStringField("after", after.get());
            }
        });
    }

    static String unsubscribe(String topic) {
        return object(json -> {
            json.writeStringField("type", "unsubscribe");
            json.writeStringField("topic", topic);
        });
    }

    /** @throws IOException where the text is not JSON, or lacks what its type must have */
    static ServerFrame parse(String text) throws IOException {
        Map<String, Member> members = members(text);
        String type = need(members, "type");
        return switch (type) {
            case "welcome" ->
                new ServerFrame.Welcome(
                        need(members, "node"), integer(members, "heartbeatMs"), messageLimit(need(members, "limits")));
            case "subscribed" ->
                new ServerFrame.Subscribed(
                        need(members, "topic"),
                        need(members, "position"),
                        need(members, "recovered").equals("true"));
            case "unsubscribed" -> new ServerFrame.Unsubscribed(need(members, "topic"));
            case "message" ->
                new ServerFrame.Delivery(new Message(
                        need(members, "topic"),
                        need(members, "position"),
                        member(members, "message").raw(),
                        Optional.ofNullable(members.get("user")).map(Member::raw),
                        integer(members, "timestamp")));
            case "ack" ->
                new ServerFrame.Acknowledged(
                        new Ack(need(members, "id"), need(members, "topic"), need(members, "position")));
            case "server-shutdown" -> new ServerFrame.ServerShutdown(integer(members, "reconnectAfterMs"));
            case "error" ->
                new ServerFrame.ErrorFrame(
                        need(members, "code"),
                        need(members, "message"),
                        Optional.ofNullable(members.get("id")).map(Member::value),
                        Optional.ofNullable(members.get("topic")).map(Member::value));
            default -> new ServerFrame.Other(type);
        };
    }

    static void requireTopic(String topic) {
        if (!TOPIC.matcher(topic).matches()) {
            throw new IllegalArgumentException("topic \"" + topic + "\"; allowed is " + TOPIC);
        }
    }

    static void requireId(String id) {
        if (id.isEmpty() || id.length() > 128) {
            throw new IllegalArgumentException("id of " + id.length() + " characters; allowed are 1 to 128");
        }
    }

    /** @throws IllegalArgumentException unless the text is one JSON value that UTF-8 can carry */
    static void requireValue(String name, String text) {
        try (JsonParser json = FACTORY.createParser(text)) {
            JsonToken first = json.nextToken();
            json.skipChildren();
            json.finishToken();
            if (first == null || json.nextToken() != null) {
                throw new IllegalArgumentException(name + " is not one JSON value");
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(name + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(name + " has half a surrogate pair");
        }
    }

    private record Member(String raw, String value) {}

    private static Map<String, Member> members(String text) throws IOException {
        Map<String, Member> members = new HashMap<>();
        try (JsonParser json = FACTORY.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken token = json.nextToken();
                int start = (int) json.currentTokenLocation().getCharOffset();
                json.skipChildren();
                json.finishToken();
                String raw = text.substring(start, (int) json.currentLocation().getCharOffset());
                members.put(name, new Member(raw, token == JsonToken.VALUE_STRING ? json.getText() : raw));
            }
        }
        return members;
    }

    private static long messageLimit(String limits) throws IOException {
        Member limit = members(limits).get("message");
        return limit == null ? Long.MAX_VALUE : Long.parseLong(limit.value());
    }

    private static Member member(Map<String, Member> members, String name) throws IOException {
        Member member = members.get(name);
        if (member == null) {
            throw new IOException("no \"" + name + "\"");
        }
        return member;
    }

    private static String need(Map<String, Member> members, String name) throws IOException {
        return member(members, name).value();
    }

    private static long integer(Map<String, Member> members, String name) throws IOException {
        String value = need(members, name);
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IOException("\"" + name + "\" is " + value + ", no integer", e);
        }
    }

    @FunctionalInterface
    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private static String object(Fields fields) {
        StringWriter text = new StringWriter(128);
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }
}
