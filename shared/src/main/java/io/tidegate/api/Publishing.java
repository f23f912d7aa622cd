package io.tidegate.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Parsed;
import io.tidegate.protocol.Parsed.Bad;
import io.tidegate.protocol.Parsed.Good;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Publication;
import io.tidegate.protocol.StrictJson;
import io.tidegate.protocol.Topic;
import io.tidegate.time.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Publishes one message. */
final class Publishing {
    static final String UNAVAILABLE =
            "perhaps not published, because the relay is unavailable; publish again with the same Idempotency-Key";
    private static final String JSON = "application/json";

    private final Underway underway;
    private final Clock clock;
    private final int limit;

    /**
     * Publishing on this node.
     *
     * @param limit bytes of a message
     */
    Publishing(Underway underway, Clock clock, int limit) {
        this.underway = underway;
        this.clock = clock;
        this.limit = limit;
    }

    /** Publishes a JSON message to a topic. */
    Answer publish(Topic topic, Call call, Query query) throws IOException {
        MediaType type = MediaType.of(call);
        if (!type.isJson()) {
            return type.refusal(JSON);
        }
        Optional<String> key = call.header().apply("idempotency-key");
        Optional<MessageId> id = key.filter(Publishing::isKey).flatMap(MessageId::text);
        if (key.isPresent() && id.isEmpty()) {
            return Answer.problem(
                    400,
                    "\"Idempotency-Key\" is not allowed; allowed are 1 to " + MessageId.MAX_LENGTH
                            + " visible characters of ASCII");
        }
        Optional<byte[]> body = call.body().read(limit);
        if (body.isEmpty()) {
            return tooLarge(limit);
        }
        return switch (StrictJson.value(body.get())) {
            case Bad<byte[]> bad -> Answer.problem(400, bad.why());
            case Good<byte[]> good -> {
                byte[] user = query.get("user")
                        .map(name -> StrictJson.quoted(name).getBytes(UTF_8))
                        .orElse(null);
                long now = clock.epochMillis();
                yield await(Publication.chat(topic, user, good.value(), id, now), now, call);
            }
        };
    }

    /** Publishes a text or bytes to the broadcast path. */
    Answer broadcast(Call call) throws IOException {
        MediaType type = MediaType.of(call);
        if (!type.isText() && !type.isBytes() && !type.isJson()) {
            return type.refusal("text/plain, application/json and application/octet-stream");
        }
        Optional<byte[]> body = call.body().read(limit);
        if (body.isEmpty()) {
            return tooLarge(limit);
        }
        return switch (message(type, body.get())) {
            case Bad<Message> bad -> Answer.problem(400, bad.why());
            case Good<Message> good -> await(Publication.broadcast(good.value()), clock.epochMillis(), call);
        };
    }

    private static Parsed<Message> message(MediaType type, byte[] body) {
        if (type.isBytes()) {
            return new Good<>(new Message(Opcode.BINARY, body));
        }
        if (type.isText()) {
            try {
                UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
                return new Good<>(new Message(Opcode.TEXT, body));
            } catch (CharacterCodingException e) {
                return new Bad<>("not UTF-8; allowed is a text in UTF-8");
            }
        }
        return switch (StrictJson.value(body)) {
            case Bad<byte[]> bad -> new Bad<>(bad.why());
            case Good<byte[]> good -> new Good<>(new Message(Opcode.TEXT, good.value()));
        };
    }

    private static boolean isKey(String text) {
        return text.matches("[ -~]{1," + MessageId.MAX_LENGTH + "}");
    }

    private Answer await(Publication publication, long timestamp, Call call) {
        int cost = Underway.cost(publication.message().payload().length);
        if (!underway.reserve(cost)) {
            return unavailable();
        }
        try {
            Position position =
                    underway.publish(publication, cost, call.traceparent()).join();
            return Answer.json("{" + members(publication.topic(), position, timestamp) + "}");
        } catch (CompletionException e) {
            return unavailable();
        }
    }

    private static Answer unavailable() {
        return Answer.problem(503, UNAVAILABLE).with("Retry-After", Api.RETRY_SECONDS);
    }

    /** The members of the answer to a published message. */
    static String members(Topic topic, Position position, long timestamp) {
        String kept = position.equals(Position.NONE) ? "" : ",\"position\":\"" + position.text() + "\"";
        return "\"topic\":\"" + topic.name() + "\"" + kept + ",\"timestamp\":" + timestamp;
    }

    static Answer tooLarge(int limit) {
        return Answer.problem(413, "the body is too large; allowed are " + limit + " bytes");
    }
}
