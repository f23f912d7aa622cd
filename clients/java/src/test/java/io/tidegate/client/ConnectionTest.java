package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void statesFollowThePage() {
        Wire.Peer end = it.live();
        end.close("", 1011);
        it.advance(Duration.ofMillis(500));
        it.client.close();
        assertEquals(
                List.of(State.CONNECTING, State.RESUMING, State.LIVE, State.WAITING, State.CONNECTING, State.CLOSED),
                it.states);
    }

    @Test
    void aLostConnectionIsResumedBehindTheLastMessage() {
        Wire.Peer first = it.live();
        first.message("tea", "1");
        first.close("", 1006);
        it.advance(Duration.ofMillis(500));
        Wire.Peer second = it.wire.last().welcome();
        assertEquals(List.of("{\"type\":\"subscribe\",\"topic\":\"tea\",\"after\":\"1\"}"), second.sent);
    }

    @Test
    void attemptsAreSpreadOverATimeThatDoubles() {
        for (int bound = 500; bound <= 8_000; bound *= 2) {
            int before = it.wire.opened();
            it.wire.last().close("", 1011);
            it.advance(Duration.ofMillis(bound));
            assertEquals(before + 1, it.wire.opened(), "within " + bound + " ms");
        }
        it.wire.last().close("", 1011);
        it.advance(Duration.ofSeconds(10));
        assertEquals(7, it.wire.opened());
    }

    @Test
    void addressesAreTriedInTurn() {
        String first = it.wire.last().url.getHost();
        it.wire.last().close("", 1011);
        it.advance(Duration.ofMillis(500));
        assertEquals(first.equals("one") ? "two" : "one", it.wire.last().url.getHost());
    }

    @Test
    void retryAfterIsKept() {
        it.wire.last().refuse(503, Duration.ofSeconds(5));
        it.advance(Duration.ofMillis(4_999));
        assertEquals(1, it.wire.opened());
        it.advance(Duration.ofMillis(501));
        assertEquals(2, it.wire.opened());
    }

    @Test
    void aPolicyCloseIsFollowedByHalfAMinute() {
        it.live().close("rate", 1008);
        it.advance(Duration.ofMillis(29_999));
        assertEquals(1, it.wire.opened());
        it.advance(Duration.ofMillis(501));
        assertEquals(2, it.wire.opened());
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1002, 1007, 1009})
    void aCloseThatBlamesTheClientIsFinal(int code) {
        Wire.Peer end = it.live();
        var future = it.publish("a");
        end.close("", code);
        it.advance(Duration.ofMinutes(5));
        assertEquals(1, it.wire.opened());
        assertEquals(State.CLOSED, it.client.state());
        assertEquals(ClientClosedException.class, failureOf(future).getClass());
    }

    @Test
    void aConnectionIsDeadWhereNothingCameForTwoHeartbeats() {
        Wire.Peer end = it.live();
        it.advance(Duration.ofMillis(1_999));
        end.alive();
        it.advance(Duration.ofMillis(1_999));
        assertEquals(State.LIVE, it.client.state());
        it.advance(Duration.ofMillis(1));
        assertEquals(State.WAITING, it.client.state());
        assertTrue(end.aborted);
    }

    @Test
    void aHandshakeWithoutWelcomeIsGivenUp() {
        it.wire.last().open();
        it.advance(Duration.ofMillis(9_999));
        assertEquals(State.CONNECTING, it.client.state());
        it.advance(Duration.ofMillis(1));
        assertEquals(State.WAITING, it.client.state());
    }

    @Test
    void aFrameThatCannotBeReadEndsTheConnectionNotTheClient() {
        it.live().say("{\"type\":\"message\",\"topic\":");
        assertEquals(State.WAITING, it.client.state());
    }

    @Test
    void framesAndFieldsThatAreNewAreIgnored() {
        Wire.Peer end = it.live();
        end.say("{\"type\":\"novelty\",\"x\":[1,{\"type\":\"ack\"}]}");
        end.say("{\"more\":{\"topic\":\"x\"},\"type\":\"message\",\"topic\":\"tea\",\"position\":\"1\","
                + "\"message\":null,\"timestamp\":1,\"trace\":\"z\"}");
        assertEquals(List.of("1"), it.told);
    }

    @Test
    void aClosedClientClosesItsConnectionAndLeavesNoTimer() {
        Wire.Peer end = it.live();
        it.client.close();
        assertEquals(Optional.of(1000), end.closed);
        it.advance(Duration.ofSeconds(10));
        assertTrue(end.aborted);
        assertEquals(0, it.timers.waiting());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a/chat", "ws:///chat", "ws://a/chat#x", "ws://a/chat?topic=tea"})
    void anAddressThatCannotServeIsRefused(String url) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Options.of(url));
        assertTrue(String.valueOf(e.getMessage()).contains(url), e.toString());
    }

    @Test
    void aTokenInAnAddressIsRefusedAndNotShown() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Options.of("ws://a/chat?x=1&access_token=secret"));
        assertEquals("url of a contains a token; use withToken() instead", e.getMessage());
    }

    static Throwable failureOf(java.util.concurrent.CompletableFuture<?> future) {
        return future.handle((done, failure) -> failure).join();
    }
}
