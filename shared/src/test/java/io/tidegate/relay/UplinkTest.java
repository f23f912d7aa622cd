package io.tidegate.relay;

import static io.tidegate.relay.UplinkFixture.assertDone;
import static io.tidegate.relay.UplinkFixture.failure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.metrics.Metrics;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When the relay is up, and what it publishes on its link, told apart from any Redis. */
class UplinkTest {
    private static final Topic TOPIC = new Topic("news");
    private static final String CHANNEL = "p:topic:{news}";
    private static final String NOT_BACK = "own messages do not come back";

    private static final Metrics.Gauges NO_GAUGES =
            new Metrics.Gauges(() -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0);

    private final UplinkFixture node = new UplinkFixture();
    private final RedisRelay relay = node.relay;

    private CompletionStage<Position> publish(String text) {
        return node.publish(TOPIC, Inbox.text(text));
    }

    @Test
    void itConnectsWithTheFirstTick() {
        assertEquals(List.of(), node.opens);
        relay.tick();
        assertEquals(1, node.opens.size());
        assertEquals("not connected yet", failure(publish("too early")));
    }

    @Test
    void aLinkThatIsLostFailsWhatIsUnderWayAndTheNextOneTakesOver() {
        FakeLink first = node.up();
        assertDone(relay.subscribe(TOPIC));
        first.holding("publish"::equals);
        CompletionStage<?> inFlight = publish("in flight");
        assertEquals(1, first.held());
        CompletionStage<?> waiting = publish("waiting");

        first.lose("cable cut");

        assertEquals("cable cut", failure(inFlight));
        assertEquals("cable cut", failure(waiting));
        node.assertDown("cable cut");
        assertTrue(first.isClosed());
        assertEquals("cable cut", failure(publish("meanwhile")));
        assertEquals(3, node.metrics.relayErrors().value());

        FakeLink second = node.up();
        assertDone(publish("after"));
        assertEquals(List.of("subscribe " + CHANNEL), second.calls());
        assertEquals(List.of("after"), node.inbox.texts(TOPIC));
        assertEquals(1, node.metrics.relayPublished().value());
    }

    @Test
    void aPublishTellsWhatIsKnownWhenItIsSent() {
        FakeLink link = node.up();
        assertDone(publish("a"));
        Position first = link.log(TOPIC).head();
        link.holding("publish"::equals);
        CompletionStage<Position> second = publish("b");
        CompletionStage<Position> third = publish("waits for the second one");
        link.release();
        assertDone(second);
        assertDone(third);
        assertEquals(List.of(Optional.empty(), Optional.of(first), Optional.of(first.plus(1))), link.known());
    }

    @Test
    void whatCameFromOthersIsKnownToo() {
        FakeLink link = node.up();
        assertDone(relay.subscribe(TOPIC));
        Position first = link.log(TOPIC).append(Inbox.text("a"), Optional.empty(), 0);
        link.arrive(CHANNEL, FakeLink.packet(first, List.of(new Envelope(Inbox.text("a"), 0))));
        assertEquals(List.of("a"), node.inbox.texts(TOPIC));
        assertDone(publish("b"));
        relay.unsubscribe(TOPIC);
        assertDone(publish("c"));
        assertEquals(List.of(Optional.of(first), Optional.of(first.plus(1))), link.known());
    }

    @Test
    void anIdleRelayNoticesTheLossAtOnce() {
        node.up().lose("cable cut");
        node.assertDown("cable cut");
    }

    @Test
    void aTopicThatIsNotBackYetHoldsUpNoPublishAndMissesNone() {
        FakeLink first = node.up();
        assertDone(relay.subscribe(TOPIC));
        first.lose("cable cut");
        CompletionStage<?> more = relay.subscribe(new Topic("more"));
        FakeLink link = node.up(new FakeLink(first.logs()).holding(call -> call.startsWith("subscribe p:topic:")));
        assertDone(publish("meanwhile"));
        assertEquals(2, link.held());
        assertFalse(more.toCompletableFuture().isDone());
        assertEquals(List.of(), node.inbox.texts(TOPIC));
        link.release();
        assertDone(more);
        assertEquals(List.of("meanwhile"), node.inbox.texts(TOPIC));
    }

    @Test
    void ofThousandsOfTopicsFewAreUnderWayAndTheOthersHoldUpNoPublish() {
        FakeLink link = node.up().holding(call -> call.startsWith("subscribe p:topic:"));
        List<CompletionStage<Void>> all = IntStream.range(0, 5_000)
                .mapToObj(i -> relay.subscribe(new Topic("t" + i)))
                .toList();
        for (int i = 0; i < 60; i++) {
            assertEquals(64, link.held());
            node.pass(Duration.ofSeconds(1));
            assertDone(publish("a"));
            link.release(0);
        }
        assertInstanceOf(RelayStatus.Up.class, relay.status());
        link.release();
        all.forEach(UplinkFixture::assertDone);
    }

    @Test
    void whatRedisRefusesOfOneTopicCostsThatTopicAndIsTriedAgain() {
        FakeLink link = node.up().rejecting(keys -> keys.topic().equals(TOPIC));
        Topic other = new Topic("other");
        CompletionStage<?> subscribed = relay.subscribe(TOPIC);
        assertDone(relay.subscribe(other));
        CompletionStage<?> refused = publish("a");
        assertEquals(FakeLink.REFUSED, failure(refused));
        assertDone(node.publish(other, Inbox.text("b")));
        node.pass(Duration.ofSeconds(20));
        assertInstanceOf(RelayStatus.Up.class, relay.status());
        assertFalse(subscribed.toCompletableFuture().isDone());
        assertEquals(1, node.metrics.relayErrors().value());
        link.rejecting(keys -> false);
        node.pass(Duration.ofSeconds(5));
        assertDone(subscribed);
        assertDone(publish("c"));
        assertEquals(List.of("c"), node.inbox.texts(TOPIC));
    }

    @Test
    void whatRedisRefusesOfAProbeTooMakesItDownUntilAProbeIsTaken() {
        node.up().rejecting(keys -> true);
        assertEquals(FakeLink.REFUSED, failure(publish("a")));
        node.assertDown(FakeLink.REFUSED);
        for (int i = 0; i < 10; i++) {
            node.offer(new FakeLink().rejecting(keys -> true));
            node.pass(Duration.ofSeconds(1));
            node.assertDown(FakeLink.REFUSED);
        }
        node.up();
    }

    @Test
    void itIsNotUpBeforeTopicsWithoutAHistoryAreSubscribedAndAProbeHasComeBack() {
        CompletionStage<?> subscribed = relay.subscribe(Topic.BROADCAST);
        FakeLink link = node.offer(new FakeLink().holding(call -> call.startsWith("subscribe p:topic:")));
        node.pass(Duration.ofSeconds(1));
        assertEquals(1, link.held());
        assertInstanceOf(RelayStatus.Down.class, relay.status());
        assertFalse(subscribed.toCompletableFuture().isDone());

        link.holding("publish"::equals).release();
        assertDone(subscribed);
        assertInstanceOf(RelayStatus.Up.class, relay.status());
    }

    @Test
    void aProbeThatIsLostAtTheStartIsSentAgain() {
        FakeLink link = node.offer(new FakeLink());
        link.swallow(true);
        node.pass(Duration.ofSeconds(3));
        assertInstanceOf(RelayStatus.Down.class, relay.status());
        link.swallow(false);
        node.pass(Duration.ofMillis(250));
        assertInstanceOf(RelayStatus.Up.class, relay.status());
    }

    @Test
    void aStartWithoutAnAnswerIsGivenUpAfterItsLimit() {
        FakeLink link = node.offer(new FakeLink());
        link.swallow(true);
        node.pass(Duration.ofMillis(5_400));
        node.assertDown(NOT_BACK);
        assertTrue(link.isClosed());
        FakeLink hung = node.offer(new FakeLink().holding(call -> call.equals("publish")));
        node.pass(Duration.ofSeconds(3));
        node.assertDown("no answer in time");
        assertTrue(hung.isClosed());
        FakeLink deaf = node.offer(new FakeLink().holding(call -> call.contains(":probe:")));
        node.pass(Duration.ofSeconds(6));
        assertTrue(deaf.isClosed());
    }

    @Test
    void probesThatDoNotComeBackMakeItDown() {
        FakeLink link = node.up();
        link.swallow(true);
        node.pass(Duration.ofSeconds(1));
        node.pass(Duration.ofSeconds(4));
        assertDone(publish("still patient"));
        node.pass(Duration.ofMillis(200));
        node.assertDown(NOT_BACK);
        assertEquals(NOT_BACK, failure(publish("no longer")));
    }

    @Test
    void aTickThatComesLateIsNoSilenceOfRedis() {
        FakeLink link = node.up();
        link.swallow(true);
        node.pass(Duration.ofSeconds(2));
        link.holding("publish"::equals);
        CompletionStage<?> sent = publish("in flight");
        CompletionStage<?> waiting = publish("waiting");
        node.clock.advance(Duration.ofMinutes(1));
        relay.tick();
        assertInstanceOf(RelayStatus.Up.class, relay.status());
        link.release();
        assertDone(sent);
        assertDone(waiting);
    }

    @Test
    void norIsOneThatComesLateWhileTheLinkIsSetUp() {
        CompletionStage<?> subscribed = relay.subscribe(Topic.BROADCAST);
        FakeLink link = node.offer(new FakeLink().holding(call -> true));
        relay.tick();
        for (String step : List.of("a publish", "the probe's channel", "the topic", "the probe")) {
            assertEquals(1, link.held(), step);
            node.clock.advance(Duration.ofMinutes(1));
            relay.tick();
            assertFalse(link.isClosed(), step);
            link.release(0);
        }
        assertDone(subscribed);
        assertInstanceOf(RelayStatus.Up.class, relay.status());
    }

    @Test
    void aNodeThatReceivesSlowlyPublishesNoFaster() {
        FakeLink link = node.up();
        link.swallow(true);
        List<CompletionStage<Position>> sent = IntStream.range(0, 12)
                .mapToObj(i -> node.publish(TOPIC, new Message(Opcode.BINARY, new byte[1 << 20])))
                .toList();
        assertDone(sent.getFirst());
        assertFalse(sent.getLast().toCompletableFuture().isDone());
        assertTrue(
                link.batches().size() <= 2 * (Probe.WINDOW_BYTES >> 20) + 1,
                "" + link.batches().size());
        node.pass(Duration.ofMillis(1_600));
        assertEquals("the relay is too slow", failure(sent.getLast()));
        node.pass(Duration.ofSeconds(4));
        node.assertDown(NOT_BACK);
    }

    @Test
    void oneBatchIsInFlightAndTheNextTakesAllThatWaits() {
        FakeLink link = node.up().holding("publish"::equals);
        List<CompletionStage<?>> sent = new ArrayList<>();
        for (int i = 0; i <= 300; i++) {
            sent.add(publish("" + i));
        }
        assertEquals(1, link.batches().size());
        link.release();
        sent.forEach(UplinkFixture::assertDone);
        assertEquals(
                List.of(1, PublishQueue.BATCH_MESSAGES, 300 - PublishQueue.BATCH_MESSAGES),
                link.batches().stream().map(List::size).toList());
        String order = link.batches().stream()
                .flatMap(List::stream)
                .map(one ->
                        new String(Envelope.decode(one).orElseThrow().message().payload(), UTF_8))
                .collect(joining(","));
        assertEquals(IntStream.rangeClosed(0, 300).mapToObj(i -> "" + i).collect(joining(",")), order);
    }

    @Test
    void whatHasWaitedTooLongFailsAndTheRestIsCarried() {
        FakeLink link = node.up().holding("publish"::equals);
        CompletionStage<?> inFlight = publish("in flight");
        CompletionStage<?> old = publish("old");
        node.pass(Duration.ofMillis(1_600));
        assertEquals("the relay is too slow", failure(old));
        CompletionStage<?> recent = publish("recent");
        link.release();
        assertDone(inFlight);
        assertDone(recent);
    }

    @Test
    void aBatchWithoutAnAnswerFailsWithinTwoSecondsAndCostsTheLink() {
        FakeLink link = node.up().holding("publish"::equals);
        CompletionStage<?> inFlight = publish("in flight");
        node.pass(Duration.ofMillis(2_050));
        assertEquals("no answer in time", failure(inFlight));
        assertTrue(link.isClosed());
    }

    @Test
    void whatIsBeyondTheQueueIsRefusedAtOnce() {
        FakeLink link = node.up().holding("publish"::equals);
        CompletionStage<?> inFlight = publish("in flight");
        List<CompletionStage<Position>> sent = IntStream.range(0, 17)
                .mapToObj(i -> node.publish(TOPIC, new Message(Opcode.BINARY, new byte[1 << 20])))
                .toList();
        assertEquals("too many messages wait to be published", failure(sent.getLast()));
        link.release();
        assertDone(inFlight);
        assertDone(sent.getFirst());
    }

    @Test
    void lagIsTheTimeFromThePublishersClockAndNeverNegative() {
        FakeLink link = node.up();
        assertDone(relay.subscribe(TOPIC));
        long now = node.clock.epochMillis() * 1_000;
        List<Long> lags = new ArrayList<>();
        node.metrics.bind(new HistogramBinder("websocket_relay_lag_seconds", lags::add), NO_GAUGES);
        Position head = link.log(TOPIC).head();
        link.arrive(
                CHANNEL,
                FakeLink.packet(
                        head.plus(1),
                        List.of(
                                new Envelope(Inbox.text("a"), now - 1_500),
                                new Envelope(Inbox.text("b"), now + 1_500))));
        assertEquals(List.of(1_500_000L, 0L), lags);
    }

    @Test
    void downSinceIsTheBeginningOfTheOutageThoughTheReasonChanges() {
        FakeLink link = node.up();
        long since = node.clock.nanoTime();
        link.lose("cable cut");
        node.assertDown("cable cut");
        node.pass(Duration.ofSeconds(5));
        node.offer(new FakeLink().holding(call -> true)).lose("cut again");
        assertEquals(new RelayStatus.Down(since, "cut again"), relay.status());
    }

    @Test
    void linksAreOpenedLessAndLessOften() {
        for (int i = 0; i < 200; i++) {
            node.refuse("refused");
            node.pass(UplinkFixture.TICK);
        }
        node.assertDown("refused");
        List<Long> millis = IntStream.range(1, node.opens.size())
                .mapToObj(i -> (node.opens.get(i) - node.opens.get(i - 1)) / 1_000_000)
                .toList();
        assertTrue(millis.getFirst() <= 250, "" + millis);
        assertTrue(millis.stream().skip(3).allMatch(gap -> gap >= 400 && gap <= 850), "" + millis);
        assertTrue(millis.stream().skip(3).distinct().count() > 3, "without jitter: " + millis);
    }

    @Test
    void aDefectWhilePublishingCostsThatBatchAlone() {
        FakeLink link = node.up().throwing("publish"::equals);
        assertEquals("a defect of this node", failure(publish("a")));
        link.throwing(call -> false);
        assertDone(publish("b"));
        assertEquals(1, node.owners.defects().size());
        assertEquals(1, node.metrics.relayErrors().value());
        assertFalse(link.isClosed());
    }

    @Test
    void aDefectWhileALinkIsSetUpCostsTheLinkAndTheNextIsTried() {
        FakeLink link = node.offer(new FakeLink().throwing("publish"::equals));
        relay.tick();
        node.assertDown("defect: IllegalStateException");
        assertTrue(link.isClosed());
        node.up();
    }

    @Test
    void closedItFailsAllThatWaitsAndFreesALinkThatComesTooLate() {
        FakeLink link = node.up().holding(call -> true);
        CompletionStage<?> inFlight = publish("in flight");
        CompletionStage<?> waiting = publish("waiting");
        CompletionStage<?> subscribed = relay.subscribe(TOPIC);
        relay.close();
        List.of(inFlight, waiting, subscribed, publish("late"), relay.subscribe(TOPIC))
                .forEach(stage -> assertEquals("the relay is closed", failure(stage)));
        assertTrue(link.isClosed());
        relay.close();
        node.pass(Duration.ofSeconds(2));
        assertEquals(1, node.opens.size());

        UplinkFixture connecting = new UplinkFixture();
        connecting.relay.tick();
        connecting.relay.close();
        assertTrue(
                connecting.opens.size() == 1 && connecting.offer(new FakeLink()).isClosed());
        connecting.assertDown("the relay is closed");
    }

    @Test
    void readingFailsWhileThereIsNoLinkAndWithTheReasonOfALoss() {
        assertEquals("not connected", failure(relay.head(TOPIC)));
        FakeLink link = node.up();
        assertDone(relay.head(TOPIC));
        link.holding("history"::equals);
        CompletionStage<?> read = relay.history(TOPIC, new Position("e", 0), 1);
        link.lose("cable cut");
        assertEquals("cable cut", failure(read));
        assertEquals("not connected", failure(relay.head(TOPIC)));
    }
}
