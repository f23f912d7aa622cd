package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a token has to do with the way from node to node. */
class TokenHandOverTest {
    private static final long HOUR_MS = 3_600_000;

    /** In place of {@code secret-1} and so on, where the application takes its time. */
    private final CompletableFuture<String> slow = new CompletableFuture<>();

    private boolean waits;
    private int calls;

    private final ClientFixture it = new ClientFixture(options -> options.withAsyncToken(this::token));

    private CompletableFuture<String> token() {
        calls++;
        return waits ? slow : CompletableFuture.completedFuture("secret-" + calls);
    }

    private Wire.Peer live(long expiresInMs) {
        it.client.subscribe("tea", it.listener());
        Wire.Peer end = it.wire.last().welcome("ann", expiresInMs);
        end.subscribed("tea", "0", true);
        end.sent.clear();
        return end;
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
    void aNoticeWhileATokenIsAskedForAsksForNoOther() {
        Wire.Peer first = live(20_000);
        waits = true;
        for (int i = 0; i < 36 && calls == 1; i++) {
            it.timers.advanceAlive(Duration.ofMillis(500), first::alive);
        }
        first.shutdown(1_500);
        slow.complete("secret-slow");
        it.timers.advanceAlive(Duration.ofMillis(1_500), first::alive);
        assertEquals(Optional.of("secret-slow"), it.wire.last().token);
        assertEquals(2, calls);
    }

    @Test
    void anApplicationMayGiveTheSameTokenWhileItLasts() {
        Wire.Peer first = live(50_000);
        waits = true;
        slow.complete("secret-1");
        first.shutdown(10_000);
        it.timers.advanceAlive(Duration.ofSeconds(10), first::alive);
        assertEquals(Optional.of("secret-1"), it.wire.last().token);
        assertEquals(2, calls);
        assertEquals(List.of(), first.sent);
        it.timers.advanceAlive(Duration.ofSeconds(35), first::alive);
        assertTrue(calls > 2, "it is asked for again before its end");
    }

    @Test
    void theMomentBeforeAHandOverIsDrawn() {
        List<Integer> seconds = new ArrayList<>();
        for (int client = 0; client < 3; client++) {
            TokenHandOverTest own = new TokenHandOverTest();
            for (int draw = 0; draw < client; draw++) {
                own.live(50_000).close("", 1011);
                own.it.advance(Duration.ofMillis(500));
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
    void aTokenThatAnotherNodeIsShownKeepsItsMoment() {
        live(100_000);
        for (int i = 0; i < 5; i++) {
            it.timers.advanceAlive(Duration.ofSeconds(10), it.wire.last()::alive);
            it.client.reconnect();
            it.wire.last().welcome("ann", 100_000 - 10_000L * (i + 1)).subscribed("tea", "0", true);
        }
        it.timers.advanceAlive(Duration.ofSeconds(40), it.wire.last()::alive);
        assertEquals(2, calls, "at 90 s at the latest");
    }
}
