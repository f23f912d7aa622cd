package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedTopicTest {
    private final ClientFixture it = new ClientFixture();
    private final List<String> second = new ArrayList<>();

    @Test
    void aSecondListenerOfATopicHearsWhatComesNextAndTheServerIsAskedOnce() {
        Wire.Peer end = it.live();
        end.message("tea", "1");
        Subscription subscription = it.client.subscribe(
                "tea", message -> second.add(message.position().orElseThrow()));
        assertEquals(Optional.of("1"), subscription.position());
        assertEquals(Subscription.State.SUBSCRIBED, subscription.state());
        end.message("tea", "2");
        assertEquals(List.of("1", "2"), it.told);
        assertEquals(List.of("2"), second);
        assertEquals(List.of(), end.sent);
    }

    @Test
    void theTopicIsUnsubscribedWithTheLastOfItsListeners() {
        Subscription first = it.client.subscribe("tea", it.listener());
        Subscription other = it.client.subscribe(
                "tea", message -> second.add(message.position().orElseThrow()));
        Wire.Peer end = it.wire.last().welcome();
        end.subscribed("tea", "0", true);
        first.close();
        first.close();
        end.message("tea", "1");
        assertEquals(List.of(), it.told);
        assertEquals(List.of("1"), second);
        assertEquals(1, end.sent.size());

        other.close();
        assertEquals("{\"type\":\"unsubscribe\",\"topic\":\"tea\"}", end.sent.getLast());
        assertEquals(Optional.empty(), it.client.subscription("tea"));
    }

    @Test
    void aSecondListenerCannotBeginAtAnotherPlaceThanTheFirst() {
        it.live();
        assertThrows(IllegalStateException.class, () -> it.client.subscribe("tea", From.last(5), it.listener()));
        assertThrows(IllegalStateException.class, () -> it.client.subscribe("tea", "0", it.listener()));
        assertEquals(1, it.wire.opened());
    }

    @Test
    @Timeout(60)
    void subscribesAndClosesOfManyThreadsAreAskedInTurn() throws InterruptedException {
        Wire.Peer end = it.wire.last().welcome();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 2_000; round++) {
                    it.client.subscribe("tea", message -> {}).close();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < end.sent.size(); i++) {
            String asked = i % 2 == 0 ? "subscribe" : "unsubscribe";
            assertEquals("{\"type\":\"" + asked + "\",\"topic\":\"tea\"}", end.sent.get(i), "frame " + i);
        }
        assertEquals(0, end.sent.size() % 2);
        assertEquals(Optional.empty(), it.client.subscription("tea"));
    }

    @Test
    void aGapIsToldToEveryListener() {
        List<Gap> gaps = new ArrayList<>();
        Wire.Peer end = it.live();
        it.client.subscribe("tea", new TopicListener() {
            @Override
            public void message(Message message) {}

            @Override
            public void lost(Gap gap) {
                gaps.add(gap);
            }
        });
        end.subscribed("tea", "9", false);
        assertEquals(List.of("lost after 0"), it.told);
        assertEquals(List.of(new Gap("tea", Optional.of("0"), "9")), gaps);
    }

    @Test
    void aSubscriptionIsReadyOnceTheServerHasSaidWhereItBegins() {
        Subscription subscription = it.client.subscribe("tea", it.listener());
        CompletableFuture<Subscription> ready = subscription.ready().toCompletableFuture();
        Wire.Peer end = it.wire.last().welcome();
        assertEquals(Subscription.State.PENDING, subscription.state());
        assertTrue(!ready.isDone());
        end.subscribed("tea", "0", true);
        assertSame(subscription, ready.join());
        assertEquals(Subscription.State.SUBSCRIBED, subscription.state());
        assertSame(subscription, it.client.subscription("tea").orElseThrow());
        assertEquals(Optional.empty(), it.client.subscription("coffee"));
    }

    @Test
    void oneThatBeginsWithAGapIsReadyToo() {
        Subscription subscription = it.client.subscribe("tea", "3", it.listener());
        it.wire.last().welcome().subscribed("tea", "9", false);
        assertSame(subscription, subscription.ready().toCompletableFuture().join());
    }

    @Test
    void aRefusedSubscriptionSaysSoByItsStateItsStageAndTheLog() {
        try (LogCapture log = new LogCapture()) {
            Subscription subscription = it.client.subscribe("tea", message -> {});
            Subscription other = it.client.subscribe("tea", it.listener());
            it.wire.last().welcome().error("too-many-topics", "subscribe", "tea", "");
            for (Subscription one : List.of(subscription, other)) {
                assertEquals(Subscription.State.REFUSED, one.state());
                Throwable failure = ConnectionTest.failureOf(one.ready().toCompletableFuture());
                assertEquals(
                        new Refusal("too-many-topics", "because"),
                        assertInstanceOf(RefusedException.class, failure).refusal());
            }
            assertEquals(List.of("refused: too-many-topics"), it.told);
            assertEquals(List.of("the subscription of tea was refused: too-many-topics: because"), log.lines());
            assertEquals(Optional.empty(), it.client.subscription("tea"));
        }
    }

    @Test
    void aSubscriptionThatIsClosedBeforeItIsReadyIsCancelled() {
        Subscription subscription = it.client.subscribe("tea", it.listener());
        subscription.close();
        assertEquals(Subscription.State.CLOSED, subscription.state());
        assertInstanceOf(
                CancellationException.class,
                ConnectionTest.failureOf(subscription.ready().toCompletableFuture()));
    }

    @Test
    void theEndOfTheClientIsTheEndOfItsSubscriptions() {
        Subscription subscription = it.client.subscribe("tea", it.listener());
        it.client.close();
        assertEquals(Subscription.State.CLOSED, subscription.state());
        assertInstanceOf(
                ClientClosedException.class,
                ConnectionTest.failureOf(subscription.ready().toCompletableFuture()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aListenerThatThrowsIsReportedAndGetsTheNextMessageAsDoTheOthers(boolean hookThrows) {
        List<ListenerFailure> failures = new ArrayList<>();
        RuntimeException onPurpose = new IllegalStateException("on purpose");
        ClientFixture own = new ClientFixture(options -> options.withFailures(failure -> {
            failures.add(failure);
            if (hookThrows) {
                throw onPurpose;
            }
        }));
        try (LogCapture log = new LogCapture()) {
            own.client.subscribe("tea", message -> {
                second.add(message.position().orElseThrow());
                throw onPurpose;
            });
            Wire.Peer end = own.live();
            end.message("tea", "1");
            end.message("tea", "2");
            assertEquals(List.of("1", "2"), second);
            assertEquals(List.of("1", "2"), own.told);
            ListenerFailure failure = new ListenerFailure("tea", onPurpose);
            assertEquals(List.of(failure, failure), failures);
            assertEquals("a listener of tea failed", log.lines().getFirst());
            assertEquals(State.LIVE, own.client.state());
        }
    }
}
