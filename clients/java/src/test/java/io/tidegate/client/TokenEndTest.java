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

/** What a server refuses or ends for a token, and what a node that leaves has to do with it. */
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
        assertTrue(own.reasons.getLast().endsWith("Options.withToken brings it"), own.reasons.toString());
    }

    @Test
    void aTokenThatEndsSoonAfterAHandOverIsRenewedOnceBeforeIt() {
        Wire.Peer first = live(70_000);
        first.shutdown(20_000);
        it.timers.advanceAlive(Duration.ofSeconds(20), first::alive);
        assertEquals(2, calls);
        assertEquals(List.of("{\"type\":\"token\",\"token\":\"secret-2\"}"), first.sent);
        Wire.Peer second = it.wire.last();
        assertEquals(Optional.of("secret-2"), second.token);
        second.welcome("ann", 60_000).subscribed("tea", "0", true);
        assertEquals(Optional.of(1000), first.closed);
        assertEquals(2, calls);
    }

    @Test
    void aTokenThatLastsForLongerIsNot() {
        Wire.Peer first = live(200_000);
        first.shutdown(20_000);
        it.timers.advanceAlive(Duration.ofSeconds(20), first::alive);
        assertEquals(1, calls);
        assertEquals(Optional.of("secret-1"), it.wire.last().token);
    }

    @Test
    void aDrainAsksOnceAlsoWhereTokensLastHardlyLonger() {
        Wire.Peer first = live(20_000);
        first.shutdown(17_000);
        for (int i = 0; i < 34 && first.sent.isEmpty(); i++) {
            it.timers.advanceAlive(Duration.ofMillis(500), first::alive);
        }
        assertEquals(2, calls);
        first.renewed(20_000);
        for (int i = 0; i < 34 && it.wire.opened() == 1; i++) {
            it.timers.advanceAlive(Duration.ofMillis(500), first::alive);
        }
        assertEquals(2, it.wire.opened());
        assertEquals(2, calls);
    }

    @Test
    void theMomentBeforeAHandOverIsDrawn() {
        List<Integer> seconds = new ArrayList<>();
        for (int client = 0; client < 3; client++) {
            TokenEndTest own = new TokenEndTest();
            for (int draw = 0; draw < client; draw++) {
                own.live(50_000).close("", 1011);
                own.advanceToNext();
            }
            Wire.Peer first = own.live(50_000);
            int before = own.calls;
            first.shutdown(20_000);
            int at = 0;
            for (; own.calls == before; at++) {
                own.it.timers.advanceAlive(Duration.ofSeconds(1), first::alive);
            }
            seconds.add(at);
        }
        assertEquals(3, seconds.stream().distinct().count(), seconds.toString());
        assertTrue(seconds.stream().allMatch(at -> at > 0 && at <= 20), seconds.toString());
    }

    private void advanceToNext() {
        it.advance(Duration.ofMillis(500));
    }

    @Test
    void aSecondConnectionThatIsRefusedForItsTokenLeavesTheFirstAlone() {
        Wire.Peer first = live(HOUR_MS);
        first.shutdown(0);
        it.advance(Duration.ZERO);
        it.wire.last().refuse(401);
        it.advance(Duration.ZERO);
        assertEquals(3, it.wire.opened());
        assertEquals(Optional.of("secret-2"), it.wire.last().token);
        first.message("tea", "1");
        it.wire.last().welcome("ann", HOUR_MS).subscribed("tea", "1", true);
        assertEquals(List.of("1"), it.told);
        assertEquals(State.LIVE, it.client.state());
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
