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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void anAckCompletesIt() {
        Wire.Peer end = it.live();
        CompletableFuture<Ack> future = it.publish("a");
        assertFalse(future.isDone());
        end.ack("a");
        assertEquals(new Ack("a", "tea", Optional.of("p")), future.join());
    }

    @Test
    void theTextGoesOutAsItIs() {
        Wire.Peer end = it.live();
        it.publish(
                Publication.of("tea", "{ \"a\" : [1.0, \"ü\"] }").by("\"ann\"").withId("i"));
        assertEquals(
                List.of("{\"type\":\"publish\",\"topic\":\"tea\",\"id\":\"i\",\"user\":\"ann\","
                        + "\"message\":{ \"a\" : [1.0, \"ü\"] }}"),
                end.sent);
    }

    @Test
    void idsThatTheClientMakesAreItsOwn() {
        Wire.Peer end = it.live();
        it.publish(Publication.of("tea", "1"));
        it.publish(Publication.of("tea", "1"));
        assertEquals(2, end.sent.stream().distinct().count());
    }

    @Test
    void whatNobodyKnowsIsSentAgainInOrderAndHoldsUpWhatFollows() {
        Wire.Peer end = it.live();
        it.publish("a");
        CompletableFuture<Ack> b = it.publish("b");
        end.error("relay-unavailable", "id", "a");
        it.publish("c");
        assertEquals(2, end.sent.size());
        end.ack("b");
        assertTrue(b.isDone());

        it.advance(Duration.ofMillis(500));
        assertEquals(4, end.sent.size());
        assertTrue(end.sent.get(2).contains("\"a\"") && end.sent.get(3).contains("\"c\""), end.sent.toString());
    }

    @Test
    void aLimitedRateIsGivenASecond() {
        Wire.Peer end = it.live();
        it.publish("a");
        end.error("rate-limited", "id", "a");
        it.advance(Duration.ofMillis(999));
        assertEquals(1, end.sent.size());
        it.advance(Duration.ofMillis(501));
        assertEquals(2, end.sent.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"invalid-frame", "invalid-topic", "invalid-json"})
    void whatCanNeverSucceedFails(String code) {
        Wire.Peer end = it.live();
        CompletableFuture<Ack> future = it.publish("a");
        end.error(code, "id", "a");
        RefusedException failure = assertInstanceOf(RefusedException.class, ConnectionTest.failureOf(future));
        assertEquals(new Refusal(code, "because"), failure.refusal());
    }

    @Test
    void whatIsAboveTheServersLimitIsNotSent() {
        Wire.Peer end = it.live();
        CompletableFuture<Ack> future = it.publish(Publication.of("tea", "\"" + "ü".repeat(480) + "\""));
        RefusedException failure = assertInstanceOf(RefusedException.class, ConnectionTest.failureOf(future));
        assertEquals("too-large", failure.refusal().code());
        assertEquals(List.of(), end.sent);
        it.publish(Publication.of("tea", "\"" + "ü".repeat(400) + "\""));
        assertEquals(1, end.sent.size());
    }

    @Test
    @Timeout(20)
    void theNextPublishBlocksWhileTooManyWait() throws InterruptedException {
        ClientFixture small = new ClientFixture(new Options.Bounds(1, 10, Duration.ofSeconds(10)), Runnable::run);
        Wire.Peer end = small.live();
        small.publish("a");
        Thread publisher = Thread.ofPlatform().start(() -> small.publish("b"));
        while (publisher.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        end.ack("a");
        publisher.join();
        assertEquals(2, end.sent.size());
    }

    @Test
    @Timeout(20)
    void aCloseFreesBlockedPublishers() throws InterruptedException {
        ClientFixture small = new ClientFixture(new Options.Bounds(1, 10, Duration.ofSeconds(10)), Runnable::run);
        small.live();
        small.publish("a");
        List<CompletableFuture<Ack>> futures = new ArrayList<>();
        Thread publisher = Thread.ofPlatform().start(() -> futures.add(small.publish("b")));
        while (publisher.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        small.client.close();
        publisher.join();
        assertInstanceOf(ClientClosedException.class, ConnectionTest.failureOf(futures.getFirst()));
    }

    @Test
    void aListenerIsNotMadeToWait() {
        ClientFixture small = new ClientFixture(new Options.Bounds(1, 10, Duration.ofSeconds(10)), Runnable::run);
        Wire.Peer end = small.live();
        List<Class<?>> thrown = new ArrayList<>();
        small.client.subscribe("coffee", message -> {
            small.publish("a");
            thrown.add(assertThrows(IllegalStateException.class, () -> small.publish("b"))
                    .getClass());
        });
        end.subscribed("coffee", "0", true);
        end.message("coffee", "1");
        assertEquals(List.of(IllegalStateException.class), thrown);
    }
}
