package io.tidegate.api;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Parsed.Bad;
import io.tidegate.protocol.Parsed.Good;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Publication;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.History;
import io.tidegate.relay.HistoryReader;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Reads the history of a topic. */
final class Histories {
    private static final int DEFAULT = 100;
    private static final int MOST = 1_000;

    /** Bytes of one read. */
    private static final int PAGE_BYTES = 256 << 10;

    /** Bytes of one answer; an answer is larger by a page at most. */
    private static final int ANSWER_BYTES = 1 << 20;

    private final HistoryReader reader;

    Histories(HistoryReader reader) {
        this.reader = reader;
    }

    Answer read(Topic topic, Query query) {
        Optional<String> after = query.get("after");
        Optional<Position> position = after.flatMap(Position::parse);
        if (after.isPresent() && position.isEmpty()) {
            return Answer.problem(
                    400, "\"after\" is not a position of this server; allowed is a position that the server has sent");
        }
        return switch (query.number("limit", DEFAULT, MOST)) {
            case Bad<Integer> bad -> Answer.problem(400, bad.why());
            case Good<Integer> limit -> {
                try {
                    yield read(topic, position, limit.value());
                } catch (CompletionException e) {
                    yield Answer.problem(503, "the relay is unavailable; send the request again")
                            .with("Retry-After", Api.RETRY_SECONDS);
                }
            }
        };
    }

    private Answer read(Topic topic, Optional<Position> after, int limit) {
        History page = after.isPresent() ? behind(topic, after.get()) : last(topic, limit);
        if (!page.reaches()) {
            return answer("", reader.head(topic).toCompletableFuture().join(), false);
        }
        StringBuilder messages = new StringBuilder();
        Position at = page.after();
        int taken = 0;
        boolean more = false;
        while (true) {
            for (Message message : page.messages()) {
                if (taken == limit) {
                    return answer(messages, at, false);
                }
                at = at.plus(1);
                taken++;
                messages.append(messages.isEmpty() ? "" : ",").append(Publication.held(topic, at, message));
            }
            more = page.more();
            if (!more || taken == limit || messages.length() >= ANSWER_BYTES) {
                return answer(messages, at, !more);
            }
            page = behind(topic, at);
            if (!page.reaches()) {
                // The history was dropped during the read. The next request after this position is told so.
                return answer(messages, at, false);
            }
        }
    }

    private History behind(Topic topic, Position position) {
        return reader.history(topic, position, PAGE_BYTES).toCompletableFuture().join();
    }

    private History last(Topic topic, int limit) {
        return reader.last(topic, limit, PAGE_BYTES).toCompletableFuture().join();
    }

    private static Answer answer(CharSequence messages, Position position, boolean complete) {
        return Answer.json("{\"messages\":[" + messages + "],\"position\":\"" + position.text() + "\",\"complete\":"
                + complete + "}");
    }
}
