package io.tidegate.relay;

import static io.tidegate.relay.UplinkFixture.assertDone;
import static io.tidegate.relay.UplinkFixture.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How the link follows what is wanted of it. */
class TopicsTest {
    private static final Topic TOPIC = new Topic("news");
    private static final Topic OTHER = new Topic("weather");
    private static final String CHANNEL = "p:topic:{news}";

    private final UplinkFixture node = new UplinkFixture();
    private final RedisRelay relay = node.relay;

    private static byte[] packet(Position position, String text) {
        return FakeLink.packet(position, List.of(new Envelope(Inbox.text(text), 0)));
    }

    @Test
    void subscribeAndUnsubscribeOfOneTopicNeverOverlap() {
        FakeLink link = node.up().holding(call -> call.endsWith(CHANNEL));
        relay.subscribe(TOPIC);
        assertEquals(1, link.held());
        relay.unsubscribe(TOPIC);
        CompletionStage<?> again = relay.subscribe(TOPIC);
        relay.unsubscribe(TOPIC);
        assertEquals("unsubscribed", failure(again));
        assertEquals(List.of("subscribe " + CHANNEL), link.calls());
        link.release();
        assertEquals(List.of("subscribe " + CHANNEL, "unsubscribe " + CHANNEL), link.calls());
    }

    @Test
    void subscribingAgainBeforeTheUnsubscribeBeganIsReadyAtOnce() {
        FakeLink link = node.up().holding(call -> call.endsWith(CHANNEL));
        CompletionStage<?> first = relay.subscribe(TOPIC);
        relay.unsubscribe(TOPIC);
        assertEquals("unsubscribed", failure(first));
        CompletionStage<?> again = relay.subscribe(TOPIC);
        link.release();
        assertDone(again);
        assertDone(relay.subscribe(TOPIC));
        assertEquals(List.of("subscribe " + CHANNEL), link.calls());
    }

    @Test
    void subscribingAgainWhileTheUnsubscribeIsUnderWaySubscribesAfterIt() {
        FakeLink link = node.up();
        assertDone(relay.subscribe(TOPIC));
        link.holding(("unsubscribe " + CHANNEL)::equals);
        relay.unsubscribe(TOPIC);
        CompletionStage<?> again = relay.subscribe(TOPIC);
        assertFalse(again.toCompletableFuture().isDone());
        link.release();
        assertDone(again);
        assertDone(node.publish(TOPIC, Inbox.text("a")));
        assertEquals(List.of("a"), node.inbox.texts(TOPIC));
        assertEquals(List.of("subscribe " + CHANNEL, "unsubscribe " + CHANNEL, "subscribe " + CHANNEL), link.calls());
    }

    @Test
    void nothingOfAnOldLinkArrivesAfterTheNewOneTookOver() {
        FakeLink first = node.up();
        assertDone(relay.subscribe(TOPIC));
        Position position = first.log(TOPIC).append(Inbox.text("in time"), Optional.empty(), 0);
        first.arrive(CHANNEL, packet(position, "in time"));
        first.lose("cable cut");
        node.up(new FakeLink(first.logs()));
        first.arrive(CHANNEL, packet(position.plus(1), "late"));
        assertDone(node.publish(TOPIC, Inbox.text("new")));
        assertEquals(List.of("in time", "new"), node.inbox.texts(TOPIC));
    }

    @Test
    void whatATopicHasMissedCostsTheLinkAndComesWithTheNext() {
        FakeLink first = node.up();
        assertDone(relay.subscribe(TOPIC));
        Position a = first.log(TOPIC).append(Inbox.text("a"), Optional.empty(), 0);
        Position b = first.log(TOPIC).append(Inbox.text("b"), Optional.empty(), 0);
        first.arrive(CHANNEL, packet(b, "b"));
        node.assertDown("messages have been missed");
        assertTrue(first.isClosed());
        node.up(new FakeLink(first.logs()));
        assertEquals(List.of("a", "b"), node.inbox.texts(TOPIC));
        assertEquals(a, node.inbox.all().getFirst().position());
    }

    @Test
    void aSubscribeThatFailedWaitsForTheNextLink() {
        FakeLink first = node.up().refusing(("subscribe " + CHANNEL)::equals);
        CompletionStage<?> subscribed = relay.subscribe(TOPIC);
        node.assertDown("subscribe " + CHANNEL + " refused");
        assertEquals(List.of("subscribe " + CHANNEL), first.calls());
        assertFalse(subscribed.toCompletableFuture().isDone());
        node.up();
        assertDone(subscribed);
    }

    @Test
    void noMoreThanSixtyFourAreSubscribedAtOnce() {
        FakeLink link = node.up().holding(call -> call.startsWith("subscribe"));
        List<CompletionStage<Void>> all = IntStream.range(0, 100)
                .mapToObj(i -> relay.subscribe(new Topic("t" + i)))
                .toList();
        assertEquals(64, link.held());
        link.release();
        all.forEach(UplinkFixture::assertDone);
    }

    @Test
    void whatWasUnderWayWithALostLinkTakesNoPlaceOfTheNext() {
        FakeLink first = node.up().holding(call -> call.startsWith("subscribe"));
        List<CompletionStage<Void>> all = IntStream.range(0, 200)
                .mapToObj(i -> relay.subscribe(new Topic("t" + i)))
                .toList();
        first.lose("cable cut");
        FakeLink second = node.offer(new FakeLink().holding(call -> call.startsWith("subscribe p:topic:")));
        node.pass(Duration.ofSeconds(1));
        assertEquals(64, second.held());
        second.release();
        all.forEach(UplinkFixture::assertDone);
    }

    @Test
    void whatIsUnsubscribedDuringAnOutageIsForgotten() {
        CompletionStage<?> waiting = relay.subscribe(TOPIC);
        relay.unsubscribe(TOPIC);
        assertEquals("unsubscribed", failure(waiting));
        CompletionStage<?> other = relay.subscribe(OTHER);
        FakeLink link = node.up();
        assertDone(other);
        assertEquals(List.of("subscribe p:topic:{weather}"), link.calls());
    }

    @Test
    void oneThatIsUnsubscribedMeanwhileIsNotWaitedFor() {
        relay.subscribe(Topic.BROADCAST);
        node.offer(new FakeLink().holding(call -> call.startsWith("subscribe p:topic:")));
        node.pass(Duration.ofSeconds(1));
        assertInstanceOf(RelayStatus.Down.class, relay.status());
        relay.unsubscribe(Topic.BROADCAST);
        assertInstanceOf(RelayStatus.Up.class, relay.status());
    }

    @Test
    void aDefectOfOneTopicCostsThatTopicAlone() {
        FakeLink link = node.up().throwing(("subscribe " + CHANNEL)::equals);
        assertEquals("a defect of this node", failure(relay.subscribe(TOPIC)));
        assertDone(relay.subscribe(OTHER));
        CompletionStage<?> again = relay.subscribe(TOPIC);
        assertFalse(again.toCompletableFuture().isDone(), "it waits for the next link");
        assertDone(node.publish(OTHER, Inbox.text("a")));
        assertEquals(List.of("a"), node.inbox.texts(OTHER));
        assertFalse(link.isClosed());

        link.lose("cable cut");
        node.up(new FakeLink(link.logs()));
        assertDone(again);
    }

    @Test
    void closedNothingIsDelivered() {
        FakeLink link = node.up();
        assertDone(relay.subscribe(TOPIC));
        Position a = link.log(TOPIC).append(Inbox.text("a"), Optional.empty(), 0);
        relay.close();
        link.arrive(CHANNEL, packet(a, "a"));
        assertEquals(List.of(), node.inbox.all());
    }
}
