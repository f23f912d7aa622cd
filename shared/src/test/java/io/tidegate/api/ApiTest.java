package io.tidegate.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.metrics.Metrics.Outcome;
import io.tidegate.metrics.Metrics.Source;
import io.tidegate.protocol.Position;
import io.tidegate.testing.Await;
import io.tidegate.testing.HubFixture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only a relay in the test's hand can show. */
final class ApiTest {
    private static final String KEY = "0123456789-0123456789-0123456789";

    private final HubFixture fixture = new HubFixture(Map.of("tidegate.api.keys", KEY, "tidegate.node", "pod-1"));
    private final FleetCalls calls = new FleetCalls(
            fixture.settings, fixture.hub, new FleetCalls.Self("pod-1", () -> "{}"), () -> 1, fixture.clock);
    private final Api api = new Api(
            fixture.settings,
            new Api.Where(
                    fixture.hub,
                    () -> {
                        throw new IllegalStateException("a defect");
                    },
                    calls),
            fixture.metrics,
            fixture.clock);

    @AfterEach
    void close() {
        fixture.close();
    }

    private Answer ask(String method, String path, String body) {
        Map<String, String> headers = Map.of("authorization", "bearer " + KEY, "content-type", "application/json");
        try {
            return api.answer(new Call(
                    method,
                    path,
                    "",
                    name -> Optional.ofNullable(headers.get(name)),
                    limit -> Optional.of(body.getBytes(UTF_8))));
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private static String text(Answer answer) {
        return new String(answer.body(), UTF_8);
    }

    @Test
    void aBatchIsOnItsWayBeforeItsFirstAnswer() {
        fixture.relay.holding = true;
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> ask(
                "POST",
                "/api/messages",
                "[{\"topic\":\"a\",\"message\":1},{\"topic\":\"b\",\"message\":2},{\"topic\":\"a\",\"message\":3}]"));
        Await.until("all are on their way", () -> fixture.relay.unanswered.size() == 3);
        assertTrue(!answer.isDone());
        for (int i : List.of(2, 0, 1)) {
            fixture.relay.unanswered.get(i).complete(new Position("e", i + 1));
        }
        assertEquals(
                "[e-1, e-2, e-3]",
                java.util.regex.Pattern.compile("\"position\":\"([^\"]+)\"")
                        .matcher(text(answer.join()))
                        .results()
                        .map(found -> found.group(1))
                        .toList()
                        .toString());
    }

    @Test
    void aLargeBatchWaitsForRoomAndIsNeverRefused() {
        String entries = IntStream.range(0, 9_999)
                .mapToObj(i -> i % 2 == 0 ? "{\"topic\":\"a\",\"message\":" + i + "}" : "0")
                .collect(Collectors.joining(",", "[", "]"));
        for (int i = 0; i < 3; i++) {
            String results = text(ask("POST", "/api/messages", entries));
            assertEquals(5_000, results.split("\"status\":200", -1).length - 1);
            assertEquals(4_999, results.split("\"status\":400", -1).length - 1);
        }
    }

    /** The relay's queue is one for all: what one back end has too much there would be refused to clients. */
    @Test
    void largeBatchesOfManyWaitBeforeTheyFillTheRelaysQueue() throws InterruptedException {
        fixture.relay.holding = true;
        String entry = "{\"topic\":\"a\",\"message\":\"" + "m".repeat(60_000) + "\"}";
        String batch = String.join(",", Collections.nCopies(16, entry));
        List<Thread> backEnds = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            backEnds.add(Thread.ofPlatform().daemon().start(() -> ask("POST", "/api/messages", "[" + batch + "]")));
        }
        Await.until(
                "each waits, for room or for answers", () -> backEnds.stream().allMatch(ApiTest::waits));
        int most = Underway.ROOM / 60_000;
        int first = fixture.relay.unanswered.size();
        assertTrue(first > most / 2 && first <= most, first + " messages on their way, allowed are " + most);
        fixture.relay.holding = false;
        fixture.relay.unanswered.forEach(answer -> answer.complete(new Position("e", 1)));
        for (Thread backEnd : backEnds) {
            backEnd.join();
        }
        assertEquals(
                8 * 16, fixture.metrics.publishes(Source.API, Outcome.PUBLISHED).value());
    }

    private static boolean waits(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    @Test
    void aMessageIsAnsweredWhenTheRelayHasIt() {
        fixture.relay.holding = true;
        CompletableFuture<Answer> answer =
                CompletableFuture.supplyAsync(() -> ask("POST", "/api/topics/a/messages", "1"));
        Await.until("it is on its way", () -> fixture.relay.unanswered.size() == 1);
        assertTrue(!answer.isDone());
        fixture.relay.unanswered.getFirst().completeExceptionally(new IllegalStateException("lost"));
        assertEquals(503, answer.join().status());
        assertEquals("1", answer.join().headers().get("Retry-After"));
    }

    @Test
    void aDefectIsAProblemThatTellsNothing() {
        Answer answer = ask("GET", "/api/fleet", "");
        assertEquals(500, answer.status());
        assertTrue(!text(answer).contains("a defect\""), text(answer));
        assertEquals(1, fixture.metrics.apiRequests("fleet", 500).value());
    }

    @Test
    void theTemplatesOfRoutesDoNotOverlap() {
        for (String path :
                List.of("/api/topics", "/api/users/a/connections", "/api/messages", "/api/topics/a/messages")) {
            List<Route.Match> at = Route.at(path);
            assertTrue(!at.isEmpty(), path);
            for (String method : List.of("GET", "POST", "DELETE")) {
                assertTrue(
                        at.stream()
                                        .filter(match ->
                                                Route.of(List.of(match), method).isPresent())
                                        .count()
                                <= 1,
                        path + method);
            }
        }
    }
}
