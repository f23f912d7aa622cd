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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PublishTermsTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void aPublishGivesUpAfterItsTime() {
        Wire.Peer end = it.live();
        CompletableFuture<Ack> future =
                it.publish(Publication.of("tea", "1").withId("a").within(Duration.ofSeconds(1)));
        it.advance(Duration.ofMillis(999));
        assertFalse(future.isDone());
        it.advance(Duration.ofMillis(1));
        TimeoutException failure = assertInstanceOf(TimeoutException.class, ConnectionTest.failureOf(future));
        assertEquals("no acknowledgement within PT1S; it was perhaps published", failure.getMessage());

        end.ack("a");
        end.close("", 1012);
        it.advance(Duration.ofMillis(500));
        assertEquals(1, it.wire.last().welcome().sent.size(), "the topic, and no publish");
    }

    @Test
    void anAcknowledgedPublishLeavesNoTimer() {
        Wire.Peer end = it.live();
        int before = it.timers.waiting();
        it.publish(Publication.of("tea", "1").withId("a").within(Duration.ofMinutes(1)));
        assertEquals(before + 1, it.timers.waiting());
        end.ack("a");
        assertEquals(before, it.timers.waiting());
    }

    @Test
    void aCancelledPublishThatWasNotSentIsNever() {
        CompletableFuture<Ack> future = it.publish("a");
        it.publish("b");
        future.cancel(false);
        Wire.Peer end = it.wire.last().welcome();
        assertEquals(List.of("{\"type\":\"publish\",\"topic\":\"tea\",\"id\":\"b\",\"message\":1}"), end.sent);
    }

    @Test
    void aCancelledPublishIsNotSentAgain() {
        Wire.Peer end = it.live();
        CompletableFuture<Ack> future = it.publish("a");
        end.error("relay-unavailable", "publish", "tea", "a");
        future.cancel(false);
        it.advance(Duration.ofMillis(900));
        assertEquals(1, end.sent.size());
        end.ack("a");
        assertTrue(future.isCancelled());
    }

    @Test
    void aPublishThatTheApplicationEndsFreesItsPlace() {
        ClientFixture small = new ClientFixture(options -> options.withBounds(bounds(1)));
        small.live();
        CompletableFuture<Ack> future = small.publish("a");
        future.completeExceptionally(new TimeoutException("the application's own"));
        CompletableFuture<Ack> next = small.publish("a");
        assertFalse(next.isDone(), "it neither blocked nor was refused as a double");
    }

    private static Options.Bounds bounds(int unacknowledged) {
        return new Options.Bounds(unacknowledged, 1_000, Duration.ofSeconds(10));
    }

    @Test
    void sixtyThreeMayWaitSoThatTheServerGoesOnReading() {
        List<Class<?>> thrown = new ArrayList<>();
        Wire.Peer end = it.live();
        it.client.subscribe("coffee", message -> {
            for (int i = 0; i < 63; i++) {
                it.publish(String.valueOf(i));
            }
            thrown.add(assertThrows(IllegalStateException.class, () -> it.publish("one more"))
                    .getClass());
        });
        end.subscribed("coffee", "0", true);
        end.message("coffee", "1");
        assertEquals(1, thrown.size());
        assertEquals(64, end.sent.size(), "a subscribe and 63");
    }

    @Test
    void anErrorAnswersWhatItSaysItAnswers() {
        Wire.Peer end = it.live();
        CompletableFuture<Ack> future = it.publish("a");
        it.client.subscribe("coffee", it.listener());
        end.error("invalid-frame", "ping", "coffee", "a");
        assertFalse(future.isDone());
        assertEquals(List.of(), it.told);

        end.error("invalid-frame", "subscribe", "coffee", "a");
        assertFalse(future.isDone());
        assertEquals(List.of("refused: invalid-frame"), it.told);

        end.error("invalid-frame", "publish", "coffee", "a");
        assertInstanceOf(RefusedException.class, ConnectionTest.failureOf(future));
    }

    @Test
    void anErrorOfAPublishWithoutAnIdDoesNotAnswerASubscribe() {
        Wire.Peer end = it.live();
        it.client.subscribe("coffee", it.listener());
        end.error("invalid-frame", "publish", "coffee", "");
        assertEquals(List.of(), it.told);
        end.subscribed("coffee", "0", true);
        assertEquals(State.LIVE, it.client.state());
    }

    @Test
    void aNumberIsAnotherIdThanAStringOfItsDigits() {
        Wire.Peer end = it.live();
        CompletableFuture<Ack> future = it.publish("7");
        end.say("{\"type\":\"ack\",\"topic\":\"tea\",\"position\":\"p\",\"id\":7}");
        assertFalse(future.isDone());
        end.say("{\"type\":\"ack\",\"topic\":\"tea\",\"position\":\"p\",\"id\":\"\\u0037\"}");
        assertEquals(new Ack("7", "tea", Optional.of("p")), future.join());
    }
}
