package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server refuses or ends for a token. */
class TokenEndTest {
    private static final long HOUR_MS = 3_600_000;

    private final List<String> traces = new ArrayList<>();
    private int calls;

    private final ClientFixture it = new ClientFixture(
            options -> options.withToken(() -> "secret-" + ++calls).withTraces(trace -> traces.add(trace.toString())));

    private Wire.Peer live(long expiresInMs) {
        it.client.subscribe("tea", it.listener());
        Wire.Peer end = it.wire.last().welcome("ann", expiresInMs);
        end.subscribed("tea", "0", true);
        end.sent.clear();
        return end;
    }

    @Test
    void aHandshakeThatIsRefusedForItsTokenIsTriedAtOnceWithAnother() {
        it.wire.last().refuse(401);
        it.advance(Duration.ZERO);
        assertEquals(2, it.wire.opened());
        assertEquals(Optional.of("secret-2"), it.wire.last().token);
    }

    @Test
    void afterTheFirstTimeABackoffComesBetween() {
        for (int i = 0; i < 6; i++) {
            it.wire.last().refuse(401);
            it.advance(Duration.ZERO);
        }
        assertEquals(2, it.wire.opened(), "only the first retry is at once");
        it.advance(Duration.ofMillis(500));
        assertEquals(3, it.wire.opened());
        it.wire.last().refuse(401);
        it.advance(Duration.ofSeconds(1));
        assertEquals(4, it.wire.opened());
        assertEquals(calls, it.wire.opened(), "each with a token of its own");
    }

    @Test
    void aConnectionThatEndsWithItsTokenIsResumedAtOnceWithAnother() {
        Wire.Peer first = live(HOUR_MS);
        first.message("tea", "1");
        it.publish("a");
        first.error("token-expired");
        first.close("", 4401);
        it.advance(Duration.ZERO);
        Wire.Peer second = it.wire.last().welcome("ann", HOUR_MS);
        assertEquals(Optional.of("secret-2"), second.token);
        assertEquals(
                List.of(
                        "{\"type\":\"subscribe\",\"topic\":\"tea\",\"after\":\"1\"}",
                        "{\"type\":\"publish\",\"topic\":\"tea\",\"id\":\"a\",\"message\":1}"),
                second.sent);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 4403})
    void whoIsNotAllowedIsClosedAndNotRetried(int code) {
        try (LogCapture log = new LogCapture()) {
            it.client.subscribe("tea", it.listener());
            var future = it.publish("a");
            if (code == 403) {
                it.wire.last().refuse(403);
            } else {
                it.wire.last().welcome("ann", HOUR_MS).close("thrown out", code);
            }
            it.advance(Duration.ofMinutes(5));
            assertEquals(1, it.wire.opened());
            assertEquals(1, calls);
            assertEquals(State.CLOSED, it.client.state());
            Throwable failure = assertThrows(CompletionException.class, future::join);
            assertInstanceOf(ClientClosedException.class, failure.getCause());
            assertTrue(String.valueOf(failure.getMessage()).contains(String.valueOf(code)), failure.toString());
            assertTrue(
                    log.lines().getLast().contains("closed for good: "),
                    log.lines().toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"401", "4401"})
    void whoHasNoTokenIsToldWhereItComesFrom(int code) {
        ClientFixture own = new ClientFixture(options -> options);
        if (code == 401) {
            own.wire.last().refuse(401);
        } else {
            own.wire.last().welcome().close("", code);
        }
        own.advance(Duration.ofMinutes(5));
        assertEquals(1, own.wire.opened());
        assertEquals(State.CLOSED, own.client.state());
        assertTrue(own.reasons.getLast().endsWith("set it with Options.withToken"), own.reasons.toString());
    }

    @Test
    void whatMayNotBeReadOrWrittenIsRefusedToTheApplication() {
        Wire.Peer end = live(HOUR_MS);
        it.client.subscribe("secrets", it.listener());
        end.error("forbidden", "subscribe", "secrets", "");
        assertEquals(List.of("refused: forbidden"), it.told);
        var future = it.publish("a");
        end.error("forbidden", "publish", "tea", "a");
        Throwable failure = ConnectionTest.failureOf(future);
        assertEquals(
                "forbidden",
                assertInstanceOf(RefusedException.class, failure).refusal().code());
        assertEquals(State.LIVE, it.client.state());
    }

    @Test
    void aSubscriptionThatANewTokenDoesNotAllowEnds() {
        Wire.Peer end = live(HOUR_MS);
        Subscription tea = it.client.subscription("tea").orElseThrow();
        end.error("forbidden", "topic", "tea");
        assertEquals(List.of("refused: forbidden"), it.told);
        assertEquals(Subscription.State.REFUSED, tea.state());
        end.message("tea", "1");
        assertEquals(List.of("refused: forbidden"), it.told);
        end.close("", 1011);
        it.advance(Duration.ofMillis(500));
        assertEquals(List.of(), it.wire.last().welcome("ann", HOUR_MS).sent);
    }

    @Test
    void noTokenIsLoggedOrTraced() {
        try (LogCapture log = new LogCapture()) {
            Wire.Peer end = live(20_000);
            it.timers.advanceAlive(Duration.ofSeconds(18), end::alive);
            end.error("token-expired");
            end.close("", 4401);
            it.wire.last().refuse(401);
            it.advance(Duration.ofSeconds(1));
            it.wire.last().refuse(403);
            assertTrue(traces.stream().anyMatch(trace -> trace.contains("{\"type\":\"token\",\"token\":\"...\"}")));
            String all = traces + log.lines().toString() + it.reasons;
            assertFalse(all.contains("secret-"), all);
        }
    }
}
