package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class SubscribeTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void aMessageIsToldAsItWasPublished() {
        List<Message> messages = new ArrayList<>();
        it.client.subscribe("tea", messages::add);
        Wire.Peer end = it.wire.last().welcome();
        end.subscribed("tea", "0", true);
        end.say("{\"type\":\"message\",\"topic\":\"tea\",\"position\":\"1\",\"user\": {\"n\" : 1.50},"
                + "\"message\": \"a\\u00fc\\n\" ,\"timestamp\":7}");
        assertEquals(
                List.of(new Message("tea", Optional.of("1"), "\"a\\u00fc\\n\"", Optional.of("{\"n\" : 1.50}"), 7)),
                messages);
    }

    @Test
    void thePositionIsThatOfTheLastMessageTheListenerHasHad() {
        Subscription subscription = it.client.subscribe("tea", it.listener());
        Wire.Peer end = it.wire.last().welcome();
        assertEquals(Optional.empty(), subscription.position());
        end.subscribed("tea", "0", true);
        assertEquals(Optional.of("0"), subscription.position());
        end.message("tea", "1");
        assertEquals(Optional.of("1"), subscription.position());
    }

    @Test
    void anEndedSubscriptionIsToldNothingMore() {
        Subscription subscription = it.client.subscribe("tea", it.listener());
        Wire.Peer end = it.wire.last().welcome();
        end.subscribed("tea", "0", true);
        subscription.close();
        subscription.close();
        end.message("tea", "1");
        assertEquals(List.of(), it.told);
        assertEquals("{\"type\":\"unsubscribe\",\"topic\":\"tea\"}", end.sent.getLast());
        assertEquals(2, end.sent.size());
    }

    @Test
    void aTopicThatIsSubscribedAnewGetsNothingOfTheOldSubscription() {
        Subscription old = it.client.subscribe("tea", message -> {});
        Wire.Peer end = it.wire.last().welcome();
        end.subscribed("tea", "0", true);
        old.close();
        it.client.subscribe("tea", it.listener());
        end.message("tea", "1");
        end.say("{\"type\":\"unsubscribed\",\"topic\":\"tea\",\"position\":\"1\",\"recovered\":true}");
        end.message("tea", "2");
        end.subscribed("tea", "2", true);
        end.message("tea", "3");
        assertEquals(List.of("3"), it.told);
    }

    @Test
    void aRefusedSubscriptionSaysSoAndEnds() {
        it.client.subscribe("tea", it.listener());
        Wire.Peer end = it.wire.last().welcome();
        end.error("too-many-topics", "topic", "tea");
        assertEquals(List.of("refused: too-many-topics"), it.told);
        assertEquals(State.LIVE, it.client.state());
        it.client.subscribe("tea", it.listener());
        assertEquals(2, end.sent.size());
    }

    @Test
    void aSubscribeThatFailsForTheMomentIsRepeated() {
        it.client.subscribe("tea", it.listener());
        Wire.Peer end = it.wire.last().welcome();
        end.error("relay-unavailable", "topic", "tea");
        it.client.subscribe("coffee", it.listener());
        assertEquals(2, end.sent.size());
        it.advance(Duration.ofMillis(500));
        assertEquals("{\"type\":\"subscribe\",\"topic\":\"tea\"}", end.sent.get(2));
        end.subscribed("tea", "0", true);
        end.subscribed("coffee", "0", true);
        assertEquals(State.LIVE, it.client.state());
    }

    @Test
    void aPositionThatNoServerKnowsIsAGapNotTheEnd() {
        it.client.subscribe("tea", "of another fleet", it.listener());
        Wire.Peer end = it.wire.last().welcome();
        end.error("invalid-frame", "topic", "tea");
        assertEquals("{\"type\":\"subscribe\",\"topic\":\"tea\"}", end.sent.getLast());
        end.subscribed("tea", "70", true);
        end.message("tea", "71");
        assertEquals(List.of("lost after of another fleet", "71"), it.told);
    }

    @Test
    void aGapIsToldBeforeWhatFollowsIt() {
        Wire.Peer end = it.live();
        end.message("tea", "1");
        end.subscribed("tea", "70", false);
        end.message("tea", "71");
        assertEquals(List.of("1", "lost after 1", "71"), it.told);
    }

    @Test
    void aSlowListenerHoldsUpTheReadingAndIsNotTakenForSilence() {
        Queue<Runnable> later = new ArrayDeque<>();
        ClientFixture slow = new ClientFixture(new Options.Bounds(1, 3, Duration.ofSeconds(10)), later::add);
        Wire.Peer end = slow.live();
        later.remove().run();
        slow.advance(Duration.ZERO);
        end.message("tea", "1");
        end.message("tea", "2");
        end.message("tea", "3");
        assertEquals(1, end.demand);
        end.message("tea", "4");
        assertEquals(0, end.demand);
        slow.advance(Duration.ofSeconds(60));
        assertEquals(State.LIVE, slow.client.state());

        later.remove().run();
        assertEquals(List.of("1", "2", "3", "4"), slow.told);
        slow.advance(Duration.ZERO);
        assertEquals(1, end.demand);
        assertTrue(later.isEmpty());
    }
}
