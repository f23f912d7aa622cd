package io.tidegate.api;

import io.tidegate.hub.Hub;
import io.tidegate.protocol.Parsed.Bad;
import io.tidegate.protocol.Parsed.Good;
import io.tidegate.protocol.Present;
import io.tidegate.protocol.StrictJson;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.PresenceAnswer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Lists the users in a topic. */
final class PresenceLists {
    private static final int DEFAULT = 100;
    private static final int MOST = 1_000;

    /** No name sorts before the empty one, which stands for connections without a user. */
    private static final Comparator<Present> BY_NAME =
            Comparator.comparing(present -> present.user().orElse(""));

    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Hub hub;
    private final LongSupplier nanoTime;

    PresenceLists(Hub hub, LongSupplier nanoTime) {
        this.hub = hub;
        this.nanoTime = nanoTime;
    }

    Answer read(Topic topic, Query query) {
        Optional<String> after = query.get("after");
        return switch (query.number("limit", DEFAULT, MOST)) {
            case Bad<Integer> bad -> Answer.problem(400, bad.why());
            case Good<Integer> limit -> {
                try {
                    yield page(topic, settled(topic), after, limit.value());
                } catch (CompletionException e) {
                    yield Answer.problem(503, "the relay is unavailable; send the request again")
                            .with("Retry-After", Api.RETRY_SECONDS);
                }
            }
        };
    }

    /** Waits until the list is complete: at the first request for a topic the nodes must first report their users. */
    private PresenceAnswer settled(Topic topic) {
        long end = nanoTime.getAsLong() + WAIT_NANOS;
        while (true) {
            PresenceAnswer answer = hub.presence(topic).toCompletableFuture().join();
            if (answer.settled() || nanoTime.getAsLong() - end >= 0) {
                return answer;
            }
            LockSupport.parkNanos(AGAIN_NANOS);
        }
    }

    private static Answer page(Topic topic, PresenceAnswer answer, Optional<String> after, int limit) {
        List<Present> users = new ArrayList<>(answer.list().orElse(List.of()));
        users.sort(BY_NAME);
        List<Present> rest = users.stream()
                .filter(present -> after.isEmpty()
                        || present.user()
                                .filter(name -> name.compareTo(after.get()) > 0)
                                .isPresent())
                .toList();
        List<Present> page = rest.subList(0, Math.min(limit, rest.size()));
        List<String> items = page.stream().map(PresenceLists::item).toList();
        String next = page.size() < rest.size()
                ? StrictJson.quoted(page.getLast().user().orElse(""))
                : "null";
        return Answer.json("{\"topic\":\"" + topic.name() + "\",\"users\":[" + String.join(",", items) + "],\"count\":"
                + users.size() + ",\"next\":" + next + ",\"complete\":" + answer.settled() + "}");
    }

    private static String item(Present present) {
        return "{\"user\":" + present.user().map(StrictJson::quoted).orElse("null") + ",\"connections\":"
                + present.connections() + ",\"since\":" + present.since() + "}";
    }
}
