package io.tidegate.relay;

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
import io.tidegate.testing.Await;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the relay is up, and what it does with its link, told apart from any Redis. */
class FlusherTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Topic TOPIC = new Topic("news");
    private static final String CHANNEL = "p:topic:{news}";

    private static final Metrics.Gauges NO_GAUGES =
            new Metrics.Gauges(() -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0);

    private final ManualClock clock = new ManualClock();
    private final Inbox inbox = new Inbox();
    private final Metrics metrics = new Metrics();
    private final BlockingQueue<FakeLink> links = new LinkedBlockingQueue<>();
    private final RedisRelay relay = new RedisRelay(links::take, "p", inbox, metrics, clock);

    @AfterEach
    void close() {
        relay.close();
    }

    private FakeLink offer(FakeLink link) {
        links.add(link);
        return link;
    }

    private FakeLink up() {
        FakeLink link = offer(new FakeLink());
        awaitUp();
        return link;
    }

    private void awaitUp() {
        Await.until(() -> "up: " + relay.status(), LIMIT, () -> relay.status() instanceof RelayStatus.Up);
    }

    private void awaitDown(String reason) {
        Await.until(
                () -> "down: " + relay.status(),
                LIMIT,
                () -> relay.status() instanceof RelayStatus.Down down
                        && down.reason().equals(reason));
    }

    private CompletionStage<Position> publish(Message message) {
        return relay.publish(TOPIC, message, Optional.empty());
    }

    private static void awaitDone(CompletionStage<?> stage) {
        Await.value("done", LIMIT, stage.thenApply(nothing -> true));
    }

    private static String failure(CompletionStage<?> stage) {
        return Await.value(
                "failed",
                LIMIT,
                stage.handle((nothing, e) -> e instanceof RelayUnavailableException ? "" + e.getMessage() : "none"));
    }

    @Test
    void aLinkThatIsLostFailsWhatIsUnderWayAndTheNextOneTakesOver() {
        FakeLink first = up();
        awaitDone(relay.subscribe(TOPIC));
        first.holding("publish"::equals);
        CompletionStage<?> inFlight = publish(Inbox.text("in flight"));
        Await.until("in flight", LIMIT, () -> first.held() == 1);
        CompletionStage<?> waiting = publish(Inbox.text("waiting"));

        first.lose("cable cut");

        assertEquals("cable cut", failure(inFlight));
        assertEquals("cable cut", failure(waiting));
        awaitDown("cable cut");
        Await.until("the lost link is closed", LIMIT, first::isClosed);
        assertEquals("cable cut", failure(publish(Inbox.text("meanwhile"))));
        assertEquals(3, metrics.relayErrors().value());

        FakeLink second = up();
        awaitDone(publish(Inbox.text("after")));
        assertEquals(List.of("subscribe " + CHANNEL), second.calls());
        assertEquals(List.of("after"), inbox.texts(TOPIC));
        assertEquals(1, metrics.relayPublished().value());
    }

    @Test
    void anIdleRelayNoticesTheLossAtOnce() {
        up().lose("cable cut");
        awaitDown("cable cut");
    }

    @Test
    void itIsNotUpBeforeAllTopicsAreSubscribedAndAProbeHasComeBack() {
        CompletionStage<?> subscribed = relay.subscribe(TOPIC);
        FakeLink link = offer(new FakeLink().holding(("subscribe " + CHANNEL)::equals));
        Await.until("subscribing", LIMIT, () -> link.held() == 1);
        assertInstanceOf(RelayStatus.Down.class, relay.status());
        assertFalse(subscribed.toCompletableFuture().isDone());

        link.holding("publish"::equals).release();
        awaitDone(subscribed);
        awaitUp();
    }

    @Test
    void probesThatDoNotComeBackMakeItDown() {
        FakeLink link = up();
        link.swallow();
        clock.advance(Duration.ofSeconds(1));
        awaitDone(publish(Inbox.text("goes with the probe")));
        clock.advance(Duration.ofMillis(1_900));
        awaitDone(publish(Inbox.text("still patient")));
        clock.advance(Duration.ofMillis(200));
        assertEquals("own messages do not come back", failure(publish(Inbox.text("no longer"))));
        awaitDown("own messages do not come back");
    }

    @Test
    void publishingWaitsForAProbeThatIsFarBehind() {
        Probe probe = new Probe("p");
        Link.Plain first = probe.next(0);
        probe.arrived(first.bytes());
        probe.published(Probe.WINDOW_BYTES);
        assertTrue(probe.isDue(0), "so many bytes call for a probe before its time");
        assertFalse(probe.mustComeBack());
        Link.Plain second = probe.next(0);
        assertFalse(probe.mustComeBack());
        probe.published(Probe.WINDOW_BYTES);
        assertTrue(probe.mustComeBack());
        probe.arrived(second.bytes());
        assertFalse(probe.mustComeBack());
    }

    @Test
    void aNodeThatReceivesSlowlyPublishesNoFaster() {
        FakeLink link = up();
        link.swallow();
        List<CompletionStage<Position>> sent = IntStream.range(0, 12)
                .mapToObj(i -> publish(new Message(Opcode.BINARY, new byte[1 << 20])))
                .toList();
        awaitDone(sent.getFirst());
        assertEquals("own messages do not come back", failure(sent.getLast()));
        assertTrue(
                link.batches().size() <= 2 * (Probe.WINDOW_BYTES >> 20) + 1,
                "" + link.batches().size());
    }

    @Test
    void aStrangersProbeDoesNotCount() {
        Probe probe = new Probe("p");
        Link.Plain first = probe.next(0);
        probe.arrived(first.bytes());
        assertTrue(probe.back().isDone());
        probe.next(0);
        probe.arrived(first.bytes());
        probe.arrived(new byte[3]);
        assertFalse(probe.back().isDone());
        Link.Plain again = probe.again();
        probe.arrived(again.bytes());
        assertTrue(probe.back().isDone());
    }

    @Test
    void oneBatchIsInFlightAndTheNextTakesAllThatWaits() {
        FakeLink link = up().holding("publish"::equals);
        List<CompletionStage<?>> sent = new ArrayList<>();
        sent.add(publish(Inbox.text("0")));
        Await.until("in flight", LIMIT, () -> link.held() == 1);
        for (int i = 1; i <= 300; i++) {
            sent.add(publish(Inbox.text("" + i)));
        }
        assertEquals(1, link.batches().size());
        link.release();
        sent.forEach(FlusherTest::awaitDone);
        assertEquals(
                List.of(1, Outbox.BATCH_MESSAGES, 300 - Outbox.BATCH_MESSAGES),
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
        FakeLink link = up().holding("publish"::equals);
        CompletionStage<?> inFlight = publish(Inbox.text("in flight"));
        Await.until("in flight", LIMIT, () -> link.held() == 1);
        CompletionStage<?> old = publish(Inbox.text("old"));
        clock.advance(Duration.ofMillis(1_600));
        CompletionStage<?> recent = publish(Inbox.text("recent"));
        link.release();
        awaitDone(inFlight);
        assertEquals("the relay is too slow", failure(old));
        awaitDone(recent);
    }

    @Test
    void subscribeAndUnsubscribeOfOneTopicNeverOverlap() {
        FakeLink link = up().holding(call -> call.endsWith(CHANNEL));
        relay.subscribe(TOPIC);
        Await.until("subscribing", LIMIT, () -> link.held() == 1);
        relay.unsubscribe(TOPIC);
        CompletionStage<?> again = relay.subscribe(TOPIC);
        relay.unsubscribe(TOPIC);
        assertEquals("unsubscribed", failure(again));
        assertEquals(List.of("subscribe " + CHANNEL), link.calls());
        link.release();
        Await.until(
                "the last word counts",
                LIMIT,
                () -> link.calls().equals(List.of("subscribe " + CHANNEL, "unsubscribe " + CHANNEL)));
    }

    @Test
    void subscribingAgainBeforeTheUnsubscribeBeganIsReadyAtOnce() {
        FakeLink link = up().holding(call -> call.endsWith(CHANNEL));
        CompletionStage<?> first = relay.subscribe(TOPIC);
        Await.until("subscribing", LIMIT, () -> link.held() == 1);
        relay.unsubscribe(TOPIC);
        assertEquals("unsubscribed", failure(first));
        CompletionStage<?> again = relay.subscribe(TOPIC);
        link.release();
        awaitDone(again);
        awaitDone(relay.subscribe(TOPIC));
        assertEquals(List.of("subscribe " + CHANNEL), link.calls());
    }

    @Test
    void nothingOfAnOldLinkArrivesAfterTheNewOneTookOver() {
        FakeLink first = up();
        awaitDone(relay.subscribe(TOPIC));
        Position position = first.log(TOPIC).append(Inbox.text("in time"), Optional.empty(), 0);
        first.arrive(CHANNEL, packet(position, "in time"));
        first.lose("cable cut");
        awaitDown("cable cut");
        offer(new FakeLink(first.logs()));
        awaitUp();
        first.arrive(CHANNEL, packet(position.plus(1), "late"));
        awaitDone(publish(Inbox.text("new")));
        assertEquals(List.of("in time", "new"), inbox.texts(TOPIC));
    }

    @Test
    void lagIsTheTimeFromThePublishersClockAndNeverNegative() {
        FakeLink link = up();
        awaitDone(relay.subscribe(TOPIC));
        long now = clock.epochMillis() * 1_000;
        List<Long> lags = new ArrayList<>();
        metrics.bind(new HistogramBinder("websocket_relay_lag_seconds", lags::add), NO_GAUGES);
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

    private static byte[] packet(Position position, String text) {
        return FakeLink.packet(position, List.of(new Envelope(Inbox.text(text), 0)));
    }

    @Test
    void downSinceIsTheBeginningOfTheOutageThoughTheReasonChanges() {
        FakeLink link = up();
        clock.advance(Duration.ofSeconds(5));
        link.lose("cable cut");
        awaitDown("cable cut");
        clock.advance(Duration.ofSeconds(5));
        FakeLink second = offer(new FakeLink().holding(call -> true));
        Await.until("connecting", LIMIT, () -> second.held() == 1);
        second.lose("cut again");
        awaitDown("cut again");
        assertEquals(new RelayStatus.Down(Duration.ofSeconds(5).toNanos(), "cut again"), relay.status());
    }
}
