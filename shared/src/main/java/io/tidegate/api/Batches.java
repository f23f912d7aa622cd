package io.tidegate.api;

import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Parsed;
import io.tidegate.protocol.Parsed.Bad;
import io.tidegate.protocol.Parsed.Good;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Publication;
import io.tidegate.protocol.StrictJson;
import io.tidegate.protocol.Topic;
import io.tidegate.time.Clock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Publishes many messages: all of them are sent before the first answer is awaited. */
final class Batches {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_ENTRIES = 10_000;

    /**
     * Cost of entries that wait for room together: a fraction of {@link Underway#ROOM}, and of the relay's batch size.
     */
    private static final int CHUNK = Underway.ROOM / 32;

    private static final String UNAVAILABLE =
            "perhaps not published, because the relay is unavailable; publish again with the same id";

    private static final Set<String> MEMBERS = Set.of("topic", "message", "user", "id");

    private final Underway underway;
    private final Clock clock;
    private final int limit;

    /**
     * Batches of this node.
     *
     * @param limit bytes of an entry
     */
    Batches(Underway underway, Clock clock, int limit) {
        this.underway = underway;
        this.clock = clock;
        this.limit = limit;
    }

    /** What all entries of a request share. */
    private record Request(long now, String traceparent) {}

    /** The result of an entry. */
    private sealed interface Outcome {}

    private record Refused(int status, String detail) implements Outcome {}

    private record Sent(Topic topic, CompletableFuture<Position> position) implements Outcome {}

    Answer publish(Call call) throws IOException {
        MediaType type = MediaType.of(call);
        if (!type.isJson() && !type.isLines()) {
            return type.refusal("application/json and application/x-ndjson");
        }
        Optional<byte[]> body = call.body().read(MAX_BYTES);
        if (body.isEmpty()) {
            return Publishing.tooLarge(MAX_BYTES);
        }
        return switch (type.isLines() ? lines(body.get()) : StrictJson.array(body.get(), MAX_ENTRIES)) {
            case Bad<List<byte[]>> bad -> Answer.problem(400, bad.why());
            case Good<List<byte[]>> good -> publish(good.value(), new Request(clock.epochMillis(), call.traceparent()));
        };
    }

    private static Parsed<List<byte[]>> lines(byte[] body) {
        List<byte[]> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= body.length; i++) {
            if (i == body.length || body[i] == '\n') {
                if (!isBlank(body, from, i)) {
                    lines.add(Arrays.copyOfRange(body, from, i));
                }
                from = i + 1;
            }
        }
        return lines.size() <= MAX_ENTRIES
                ? new Good<>(lines)
                : new Bad<>("too many lines; allowed are " + MAX_ENTRIES);
    }

    private static boolean isBlank(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\r' && bytes[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    private Answer publish(List<byte[]> entries, Request request) {
        List<Outcome> outcomes = new ArrayList<>(entries.size());
        while (outcomes.size() < entries.size()) {
            List<byte[]> chunk = chunk(entries, outcomes.size());
            boolean room = underway.reserve(cost(chunk));
            for (byte[] entry : chunk) {
                outcomes.add(room ? publish(entry, request) : new Refused(503, UNAVAILABLE));
            }
        }
        StringBuilder results = new StringBuilder(outcomes.size() * 96 + 2).append('[');
        for (Outcome outcome : outcomes) {
            results.append(results.length() > 1 ? ",{" : "{")
                    .append(result(outcome, request.now()))
                    .append('}');
        }
        return Answer.json(results.append(']').toString());
    }

    private static List<byte[]> chunk(List<byte[]> entries, int from) {
        int to = from;
        int cost = 0;
        do {
            cost += cost(entries.get(to++));
        } while (to < entries.size() && cost + cost(entries.get(to)) <= CHUNK);
        return entries.subList(from, to);
    }

    private static int cost(List<byte[]> chunk) {
        return chunk.stream().mapToInt(Batches::cost).sum();
    }

    private static int cost(byte[] entry) {
        return Underway.cost(entry.length);
    }

    private Outcome publish(byte[] entry, Request request) {
        Outcome outcome = judge(entry, request);
        if (outcome instanceof Refused) {
            underway.release(cost(entry));
        }
        return outcome;
    }

    private Outcome judge(byte[] entry, Request request) {
        if (entry.length > limit) {
            return new Refused(413, "the entry is too large; allowed are " + limit + " bytes");
        }
        return switch (StrictJson.object(entry, MEMBERS)) {
            case Bad<Map<String, byte[]>> bad -> new Refused(400, bad.why());
            case Good<Map<String, byte[]>> good -> publish(good.value(), cost(entry), request);
        };
    }

    private Outcome publish(Map<String, byte[]> members, int cost, Request request) {
        Optional<Topic> topic =
                StrictJson.string(members.get("topic")).filter(Topic::isValid).map(Topic::new);
        if (topic.isEmpty()) {
            return new Refused(400, "\"topic\" is missing or not allowed; a topic is " + Topic.PATTERN);
        }
        byte[] message = members.get("message");
        if (message == null) {
            return new Refused(400, "\"message\" is missing; allowed is any JSON");
        }
        byte[] written = members.get("id");
        Optional<MessageId> id = written == null ? Optional.empty() : MessageId.read(written);
        if (written != null && id.isEmpty()) {
            return new Refused(
                    400,
                    "\"id\" is not allowed; an id is a string of 1 to " + MessageId.MAX_LENGTH
                            + " characters or an integer");
        }
        Publication publication = Publication.chat(topic.get(), members.get("user"), message, id, request.now());
        return new Sent(topic.get(), underway.publish(publication, cost, request.traceparent()));
    }

    private static String result(Outcome outcome, long timestamp) {
        return switch (outcome) {
            case Refused refused -> Answer.problemMembers(refused.status, refused.detail);
            case Sent sent -> {
                try {
                    yield "\"status\":200," + Publishing.members(sent.topic, sent.position.join(), timestamp);
                } catch (CompletionException e) {
                    yield Answer.problemMembers(503, UNAVAILABLE);
                }
            }
        };
    }
}
