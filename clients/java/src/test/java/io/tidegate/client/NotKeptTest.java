package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that the history does not take have no position, and a server does not know their ids again. */
class NotKeptTest {
    private static final String MESSAGE =
            "{\"type\":\"message\",\"topic\":\"tea\",\"message\":{\"typing\":true},\"timestamp\":7}";

    private final ClientFixture it = new ClientFixture();

    @Test
    void oneIsToldInItsPlaceAndLeavesThePositionWhereItWas() {
        Wire.Peer end = it.live();
        Subscription subscription = it.client.subscription("tea").orElseThrow();
        end.message("tea", "1");
        end.say(MESSAGE);
        assertEquals(Optional.of("1"), subscription.position());
        end.message("tea", "2");
        assertEquals(List.of("1", "not kept", "2"), it.told);

        end.say(MESSAGE);
        end.close("", 1011);
        it.advance(Duration.ofMillis(500));
        assertEquals(
                List.of("{\"type\":\"subscribe\",\"topic\":\"tea\",\"after\":\"2\"}"),
                it.wire.last().welcome().sent);
    }

    @Test
    void inAHandOverTheFirstConnectionBringsThem() {
        Wire.Peer first = it.live();
        it.client.subscribe("coffee", it.listener());
        first.shutdown(0);
        it.advance(Duration.ZERO);
        Wire.Peer second = it.wire.last().welcome();
        second.subscribed("tea", "0", true);
        first.say(MESSAGE);
        second.say(MESSAGE);
        assertEquals(List.of("not kept"), it.told);
        first.subscribed("coffee", "0", true);
        second.subscribed("coffee", "0", true);
        second.say(MESSAGE);
        assertEquals(List.of("not kept", "not kept"), it.told);
    }

    @Test
    void itsAcknowledgementHasNoPosition() {
        Wire.Peer end = it.live();
        CompletableFuture<Ack> future = it.publish(typing());
        end.say("{\"type\":\"ack\",\"topic\":\"tea\",\"id\":\"t\"}");
        assertEquals(new Ack("t", "tea", Optional.empty()), future.join());
    }

    @Test
    void oneThatWasUnderWayIsNotSentAgain() {
        Wire.Peer end = it.live();
        CompletableFuture<Ack> future = it.publish(typing());
        it.publish("a");
        end.close("", 1011);
        it.advance(Duration.ofMillis(500));
        Wire.Peer second = it.wire.last().welcome();
        assertEquals("connection-lost", codeOf(future));
        assertEquals(2, second.sent.size(), "the subscribe, and what is kept");
    }

    @Test
    void oneThatWasNotSentYetIsSent() {
        CompletableFuture<Ack> future = it.publish(typing());
        assertEquals(1, it.wire.last().welcome().sent.size());
        assertFalse(future.isDone());
    }

    @ParameterizedTest
    @CsvSource({"relay-unavailable, true", "rate-limited, false"})
    void oneOfWhichNobodyKnowsIsNotSentAgainAndOneThatWasNotPublishedIs(String code, boolean fails) {
        Wire.Peer end = it.live();
        CompletableFuture<Ack> future = it.publish(typing());
        end.error(code, "publish", "tea", "t");
        it.advance(Duration.ofMillis(1_500));
        assertEquals(fails, future.isDone());
        assertEquals(fails ? 1 : 2, end.sent.size());
    }

    private static Publication typing() {
        return Publication.of("tea", "{\"typing\":true}").withId("t").keep(false);
    }

    private static String codeOf(CompletableFuture<?> future) {
        return assertInstanceOf(RefusedException.class, ConnectionTest.failureOf(future))
                .refusal()
                .code();
    }
}
