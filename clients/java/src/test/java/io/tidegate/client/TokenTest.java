package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the application is asked for a token, and what becomes of it. */
class TokenTest {
    private static final long HOUR_MS = 3_600_000;

    /** What the application answers; where there is nothing, {@code t1}, {@code t2} and so on. */
    private final Deque<CompletableFuture<String>> answers = new ArrayDeque<>();

    private final List<Throwable> failures = new ArrayList<>();
    private int calls;

    private final ClientFixture it = new ClientFixture(options -> options.withAsyncToken(() -> {
                calls++;
                return answers.isEmpty() ? CompletableFuture.completedFuture("t" + calls) : answers.remove();
            })
            .withTokenFailures(failures::add));

    private Wire.Peer live(long expiresInMs) {
        it.client.subscribe("tea", it.listener());
        Wire.Peer end = it.wire.last().welcome("ann", expiresInMs);
        end.subscribed("tea", "0", true);
        end.sent.clear();
        return end;
    }

    @Test
    void aTokenIsAskedForBeforeTheFirstConnectionAndGoesWithIt() {
        assertEquals(1, calls);
        assertEquals(Optional.of("t1"), it.wire.last().token);
        assertEquals(Optional.empty(), it.client.user());
        Wire.Peer end = live(HOUR_MS);
        assertEquals(Optional.of("ann"), it.client.user());
        end.close("", 1011);
        assertEquals(Optional.empty(), it.client.user());
    }

    @Test
    void aTokenThatLastsIsBroughtAgainWithoutAsking() {
        live(HOUR_MS).close("", 1011);
        it.advance(Duration.ofMillis(500));
        assertEquals(Optional.of("t1"), it.wire.last().token);
        assertEquals(1, calls);
    }

    @Test
    void aTokenThatIsNearItsEndIsReplacedBeforeTheNextConnection() {
        live(1_200_000).close("", 1011);
        it.advance(Duration.ofMillis(500));
        it.wire.last().refuse(503, Duration.ofMinutes(19));
        it.advance(Duration.ofMinutes(20));
        assertEquals(Optional.of("t2"), it.wire.last().token);
    }

    @ParameterizedTest
    @ValueSource(longs = {20_000, HOUR_MS})
    void anOpenConnectionIsRenewedBetweenSixtyAndNinetyPercentOfItsTime(long expiresInMs) {
        Wire.Peer end = live(expiresInMs);
        it.timers.advanceAlive(Duration.ofMillis(expiresInMs * 6 / 10 - 1), end::alive);
        assertEquals(1, calls);
        it.timers.advanceAlive(Duration.ofMillis(expiresInMs * 3 / 10 + 1), end::alive);
        assertEquals(List.of("{\"type\":\"token\",\"token\":\"t2\"}"), end.sent);
        end.renewed(expiresInMs);
        it.timers.advanceAlive(Duration.ofMillis(expiresInMs * 9 / 10), end::alive);
        assertEquals(3, calls);
        assertEquals(1, it.wire.opened());
        assertEquals(State.LIVE, it.client.state());
    }

    @Test
    void anOpenServerIsSentNoToken() {
        Wire.Peer end = it.live();
        it.timers.advanceAlive(Duration.ofHours(3), end::alive);
        assertEquals(List.of(), end.sent);
        assertEquals(1, calls);
    }

    @Test
    void theClientWaitsForItsTokenAndForNothingElse() {
        CompletableFuture<String> slow = new CompletableFuture<>();
        answers.add(slow);
        it.wire.last().refuse(401);
        it.advance(Duration.ofSeconds(59));
        assertEquals(1, it.wire.opened());
        assertEquals(State.WAITING, it.client.state());
        slow.complete("late.but-there");
        assertEquals(Optional.of("late.but-there"), it.wire.last().token);
        assertEquals(2, it.wire.opened());
        assertEquals(2, calls);
    }

    @Test
    void anApplicationThatNeverAnswersIsAskedAgain() {
        answers.add(new CompletableFuture<>());
        it.wire.last().refuse(401);
        it.advance(Duration.ofMillis(60_500));
        assertEquals(3, calls);
        assertEquals(Optional.of("t3"), it.wire.last().token);
        assertInstanceOf(TimeoutException.class, failures.getFirst());
    }

    @Test
    void anAnswerThatComesAfterThatIsTakenAllTheSame() {
        CompletableFuture<String> slow = new CompletableFuture<>();
        answers.add(slow);
        it.wire.last().refuse(401);
        it.advance(Duration.ofMinutes(1));
        assertEquals(1, failures.size());
        slow.complete("late");
        assertEquals(Optional.of("late"), it.wire.last().token);
        it.advance(Duration.ofMinutes(1));
        assertEquals(2, calls);
    }

    @Test
    void aCallbackThatFailsIsCalledAgainWithBackoffAndNothingIsLost() {
        for (int i = 0; i < 5; i++) {
            answers.add(CompletableFuture.failedFuture(new IllegalStateException("login " + i)));
        }
        Wire.Peer first = live(HOUR_MS);
        var future = it.publish("a");
        first.close("", 4401);
        it.advance(Duration.ZERO);
        assertEquals(2, calls);
        // 0.5 s, 1 s, 2 s, 4 s and 8 s at most.
        it.advance(Duration.ofMillis(15_500));
        assertEquals(7, calls);
        assertEquals(5, failures.size());
        assertEquals("login 0", failures.getFirst().getMessage());

        Wire.Peer second = it.wire.last().welcome("ann", HOUR_MS);
        second.subscribed("tea", "0", true);
        second.message("tea", "1");
        second.ack("a");
        assertEquals(List.of("1"), it.told);
        assertTrue(future.isDone());
    }

    @Test
    void aRenewalThatFailsIsTriedAgainWhileTheOldTokenCounts() {
        Wire.Peer end = live(20_000);
        answers.add(CompletableFuture.failedFuture(new IllegalStateException("login")));
        it.timers.advanceAlive(Duration.ofMillis(18_500), end::alive);
        assertEquals(List.of("{\"type\":\"token\",\"token\":\"t3\"}"), end.sent);
        assertEquals(State.LIVE, it.client.state());
        assertEquals(1, failures.size());
    }

    @Test
    void aTokenThatTheServerWillNotTakeIsReplaced() {
        Wire.Peer end = live(20_000);
        it.timers.advanceAlive(Duration.ofSeconds(18), end::alive);
        end.error("invalid-token", "token", "", "");
        it.timers.advanceAlive(Duration.ofMillis(500), end::alive);
        assertEquals(
                List.of("{\"type\":\"token\",\"token\":\"t2\"}", "{\"type\":\"token\",\"token\":\"t3\"}"), end.sent);
        assertEquals("invalid-token: because", failures.getFirst().getMessage());
        answers.add(CompletableFuture.completedFuture("t3"));
        end.error("invalid-token", "token", "", "");
        it.timers.advanceAlive(Duration.ofSeconds(1), end::alive);
        assertEquals(end.sent.get(1), end.sent.get(2), "the same once more is tried once more");
        end.renewed(20_000);
        assertEquals(State.LIVE, it.client.state());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "a\r\nb", "ü", "=a"})
    void whatIsNoTokenIsNotSentAndNotShown(String token) {
        try (LogCapture log = new LogCapture()) {
            answers.add(CompletableFuture.completedFuture(token));
            it.wire.last().refuse(401);
            it.advance(Duration.ZERO);
            assertEquals(1, it.wire.opened());
            String said = failures.getFirst().getMessage() + log.lines();
            assertTrue(said.contains("allowed is a token of the characters"), said);
            assertFalse(token.length() > 1 && said.contains(token), said);
        }
    }

    @Test
    void aCallbackThatThrowsOrGivesNullHasFailed() {
        ClientFixture own = new ClientFixture(options -> options.withToken(() -> {
                    throw new java.io.IOException("no way to the login service");
                })
                .withTokenFailures(failures::add));
        assertEquals("no way to the login service", failures.getFirst().getMessage());
        assertEquals(0, own.wire.opened());
        assertEquals(State.WAITING, own.client.state());
        answers.add(CompletableFuture.completedFuture(null));
        it.wire.last().refuse(401);
        it.advance(Duration.ZERO);
        assertTrue(String.valueOf(failures.getLast().getMessage()).contains("null"));
    }

    @Test
    void aTokenThatIsGivenAgainAtItsEndIsNoNewOne() {
        Wire.Peer end = live(20_000);
        answers.add(CompletableFuture.completedFuture("t1"));
        it.timers.advanceAlive(Duration.ofMillis(18_500), end::alive);
        assertTrue(String.valueOf(failures.getFirst().getMessage()).contains("the same token again"));
        assertEquals(List.of("{\"type\":\"token\",\"token\":\"t3\"}"), end.sent);
    }

    @Test
    void anApplicationIsNotAskedTwiceAtATime() {
        answers.add(new CompletableFuture<>());
        it.wire.last().refuse(401);
        it.advance(Duration.ZERO);
        it.client.reconnect();
        it.client.reconnect();
        assertEquals(2, calls);
    }

    @Test
    void aClosedClientAsksNoMore() {
        answers.add(CompletableFuture.failedFuture(new IllegalStateException("login")));
        it.wire.last().refuse(401);
        it.advance(Duration.ZERO);
        it.client.close();
        it.advance(Duration.ofMinutes(5));
        assertEquals(2, calls);
        assertEquals(0, it.timers.waiting());
    }
}
