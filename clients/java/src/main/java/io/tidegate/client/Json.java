package io.tidegate.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The frames of {@code tidegate.v1} as text. The application's JSON passes through unchanged. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private static final String TOKEN = "token";
    private static final String TOKEN_FRAME = "{\"type\":\"" + TOKEN + '"';

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
            if (!publication.terms().keep()) {
                json.writeBooleanField("keep", false);
            }
        });
    }

    static String subscribe(String topic, Optional<String> after, OptionalInt last, boolean presence) {
        return object(json -> {
            json.writeStringField("type", "subscribe");
            json.writeStringField("topic", topic);
            if (after.isPresent()) {
                json.writeStringField("after", after.get());
            }
            if (last.isPresent()) {
                json.writeNumberField("last", last.getAsInt());
            }
            if (presence) {
                json.writeBooleanField("presence", true);
            }
        });
    }

    static String unsubscribe(String topic) {
        return object(json -> {
            json.writeStringField("type", "unsubscribe");
            json.writeStringField("topic", topic);
        });
    }

    static String token(String token) {
        return object(json -> {
            json.writeStringField("type", TOKEN);
            json.writeStringField(TOKEN, token);
        });
    }

    /** A frame of this client without its token, for logs and traces. */
    static String withoutToken(String frame) {
        return frame.startsWith(TOKEN_FRAME) ? TOKEN_FRAME + ",\"token\":\"...\"}" : frame;
    }

    /** @throws IOException where the text is not JSON, or lacks a member that its type requires */
    static ServerFrame parse(String text) throws IOException {
        Map<String, Member> members = members(text);
        String type = need(members, "type");
        return switch (type) {
            case "welcome" ->
                new ServerFrame.Welcome(
                        need(members, "node"),
                        integer(members, "heartbeatMs"),
                        limits(need(members, "limits")),
                        string(members, "user"),
                        members.containsKey("expiresInMs")
                                ? OptionalLong.of(integer(members, "expiresInMs"))
                                : OptionalLong.empty());
            case "subscribed" ->
                new ServerFrame.Subscribed(
                        need(members, "topic"),
                        need(members, "position"),
                        need(members, "recovered").equals("true"));
            case "unsubscribed" -> new ServerFrame.Unsubscribed(need(members, "topic"));
            case "message" ->
                new ServerFrame.Delivery(new Message(
                        need(members, "topic"),
                        string(members, "position"),
                        member(members, "message").raw(),
                        Optional.ofNullable(members.get("user")).map(Member::raw),
                        integer(members, "timestamp")));
            case "presence" -> presence(members);
            case "join" -> new ServerFrame.Changed(need(members, "topic"), List.of(string(members, "user")), List.of());
            case "leave" ->
                new ServerFrame.Changed(need(members, "topic"), List.of(), List.of(string(members, "user")));
            case TOKEN -> new ServerFrame.Renewed(integer(members, "expiresInMs"));
            case "ack" -> acknowledged(members);
            case "server-shutdown" -> new ServerFrame.ServerShutdown(integer(members, "reconnectAfterMs"));
            case "error" ->
                new ServerFrame.ErrorFrame(
                        need(members, "code"),
                        need(members, "message"),
                        string(members, "id"),
                        string(members, "topic"),
                        string(members, "answers"));
            default -> new ServerFrame.Other(type);
        };
    }

    /** @param value the content of a string, or the text of another value */
    private record Member(String raw, String value) {
        boolean isString() {
            return raw.startsWith("\"");
        }
    }

    private static Map<String, Member> members(String text) throws IOException {
        Map<String, Member> members = new HashMap<>();
        try (JsonParser json = FACTORY.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                members.put(name, member(json, text));
            }
        }
        return members;
    }

    private static List<Member> elements(String text) throws IOException {
        List<Member> elements = new ArrayList<>();
        try (JsonParser json = FACTORY.createParser(text)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw new IOException("no JSON array");
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                elements.add(member(json, text));
            }
        }
        return elements;
    }

    /** Reads the value at the parser's position. */
    private static Member member(JsonParser json, String text) throws IOException {
        boolean isString = json.currentToken() == JsonToken.VALUE_STRING;
        int start = (int) json.currentTokenLocation().getCharOffset();
        json.skipChildren();
        json.finishToken();
        String raw = text.substring(start, (int) json.currentLocation().getCharOffset());
        return new Member(raw, isString ? json.getText() : raw);
    }

    private static ServerFrame presence(Map<String, Member> members) throws IOException {
        String topic = need(members, "topic");
        if (!members.containsKey("users")) {
            return new ServerFrame.Changed(topic, users(members, "joined"), users(members, "left"));
        }
        List<Present> users = new ArrayList<>();
        for (Member user : elements(need(members, "users"))) {
            Map<String, Member> present = members(user.raw());
            Instant since = Instant.ofEpochMilli(integer(present, "since"));
            users.add(new Present(string(present, "user"), (int) integer(present, "connections"), since));
        }
        return new ServerFrame.Listed(topic, users, need(members, "more").equals("true"));
    }

    private static List<Optional<String>> users(Map<String, Member> members, String name) throws IOException {
        return elements(need(members, name)).stream()
                .map(user -> Optional.of(user).filter(Member::isString).map(Member::value))
                .toList();
    }

    /**
     * The ids of this client are strings. The number {@code 7} is another id than {@code "7"}, and belongs to another
     * publisher.
     */
    private static ServerFrame acknowledged(Map<String, Member> members) throws IOException {
        Optional<String> id = string(members, "id");
        if (id.isEmpty()) {
            return new ServerFrame.Other("ack");
        }
        return new ServerFrame.Acknowledged(new Ack(id.get(), need(members, "topic"), string(members, "position")));
    }

    private static ServerFrame.Limits limits(String text) throws IOException {
        Map<String, Member> limits = members(text);
        return new ServerFrame.Limits(number(limits, "message", Long.MAX_VALUE), number(limits, "rate", 0));
    }

    private static double number(Map<String, Member> members, String name, double otherwise) throws IOException {
        Member member = members.get(name);
        try {
            return member == null ? otherwise : Double.parseDouble(member.value());
        } catch (NumberFormatException e) {
            throw new IOException("\"" + name + "\" is " + member.value() + ", no number", e);
        }
    }

    private static Optional<String> string(Map<String, Member> members, String name) {
        return Optional.ofNullable(members.get(name)).filter(Member::isString).map(Member::value);
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
