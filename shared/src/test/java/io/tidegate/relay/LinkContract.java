package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@link Link} promises, run by the test of each link, so that the fake is as good as the real one. */
abstract class LinkContract {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** "At once": no round trip, but room for a class that is loaded, and for a busy machine. */
    private static final Duration AT_ONCE = Duration.ofMillis(400);

    private static final String CHANNEL = "test:any:{a}";
    static final TopicKeys KEYS = new TopicKeys("test", new Topic("news"));

    private final List<Link> open = new ArrayList<>();

    /** A link that works. */
    abstract Link connect();

    /** Nothing is answered from now on. */
    abstract void hang(Link link);

    /** Its connection breaks. */
    abstract void cut(Link link);

    /** From now on Redis answers with an error what belongs to the topic of {@link #KEYS}. */
    abstract void refuse(Link link);

    private Link link() {
        Link link = connect();
        open.add(link);
        return link;
    }

    /** One that has subscribed, and is not answered any more. */
    private Link hanging() {
        Link link = link();
        value(link.subscribe(CHANNEL, bytes -> {}));
        hang(link);
        return link;
    }

    @AfterEach
    void closeAll() {
        open.forEach(Link::close);
    }

    private static <T> T value(CompletableFuture<T> future) {
        return Await.value("an answer", LIMIT, future);
    }

    private static String failure(CompletableFuture<?> future) {
        Await.until("a failure", LIMIT, future::isDone);
        assertTrue(future.isCompletedExceptionally(), "it has succeeded");
        return ""
                + assertInstanceOf(RelayUnavailableException.class, future.exceptionNow())
                        .getMessage();
    }

    private static <T> T atOnce(Supplier<T> call) {
        long start = System.nanoTime();
        T result = call.get();
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertTrue(millis < AT_ONCE.toMillis(), "took " + millis + " ms");
        return result;
    }

    private static Link.Plain plain(String text) {
        return new Link.Plain(CHANNEL, text.getBytes(UTF_8));
    }

    private static Link.Kept kept(String... texts) {
        return new Link.Kept(
                KEYS,
                Optional.empty(),
                List.of(texts).stream()
                        .map(text -> new Link.Entry("", new Envelope(Inbox.text(text), 0).encode()))
                        .toList());
    }

    /** One of each operation. */
    private static List<CompletableFuture<?>> all(Link link) {
        return List.of(
                atOnce(() -> link.publish(List.of(plain("a")))),
                atOnce(() -> link.attach(KEYS, Optional.empty())),
                atOnce(() -> link.history(KEYS, new Position("e", 0), 1)),
                atOnce(() -> link.subscribe("test:any:{b}", bytes -> {})),
                atOnce(() -> link.unsubscribe(CHANNEL)));
    }

    @Test
    void whatIsPublishedAfterSubscribingArrivesInOrder() {
        Link link = link();
        Queue<String> arrived = new ConcurrentLinkedQueue<>();
        value(link.subscribe(CHANNEL, bytes -> arrived.add(new String(bytes, UTF_8))));
        List<String> sent = IntStream.range(0, 500).mapToObj(i -> "" + i).toList();
        for (int i = 0; i < 5; i++) {
            List<Link.Outgoing> batch = new ArrayList<>();
            sent.subList(100 * i, 100 * (i + 1)).forEach(text -> batch.add(plain(text)));
            assertEquals(100, value(link.publish(batch)).size());
        }
        Await.until("all arrive", LIMIT, () -> arrived.size() >= sent.size());
        assertEquals(sent, List.copyOf(arrived));
    }

    @Test
    void messagesOfATopicArriveWithThePositionsThatThePublisherIsTold() {
        Link link = link();
        Queue<Packet> arrived = new ConcurrentLinkedQueue<>();
        value(link.subscribe(
                KEYS.channel(), bytes -> arrived.add(Packet.decode(bytes).orElseThrow())));
        Position empty = value(link.attach(KEYS, Optional.empty())).head();
        List<List<Position>> positions = value(link.publish(List.of(kept("a", "b"), plain("x"), kept("c")))).stream()
                .map(answer -> assertInstanceOf(Link.Taken.class, answer).positions())
                .toList();
        Position head = new Position(positions.getFirst().getFirst().epoch(), 0);
        assertEquals(List.of(List.of(head.plus(1), head.plus(2)), List.of(), List.of(head.plus(3))), positions);
        Await.until("both packets", LIMIT, () -> arrived.size() == 2);
        assertEquals(
                List.of(head.plus(1), head.plus(3)),
                arrived.stream().map(Packet::first).toList());
        assertEquals(head.plus(3), value(link.attach(KEYS, Optional.of(head))).head());
        assertEquals(3, value(link.history(KEYS, head, 1 << 20)).messages().size());
        assertEquals(3, value(link.history(KEYS, empty, 1 << 20)).messages().size());
    }

    @Test
    void afterUnsubscribingNothingArrives() {
        Link link = link();
        Queue<byte[]> arrived = new ConcurrentLinkedQueue<>();
        Queue<byte[]> marker = new ConcurrentLinkedQueue<>();
        value(link.subscribe(CHANNEL, arrived::add));
        value(link.subscribe("test:any:{b}", marker::add));
        value(link.unsubscribe(CHANNEL));
        value(link.publish(List.of(plain("a"), new Link.Plain("test:any:{b}", new byte[1]))));
        Await.until("the marker", LIMIT, () -> !marker.isEmpty());
        assertTrue(arrived.isEmpty());
    }

    @Test
    void operationsReturnAtOnceThoughNothingAnswers() {
        Link link = hanging();
        all(link).forEach(operation -> assertFalse(operation.isDone()));
    }

    @Test
    void allThatIsUnderWayFailsOnTheThreadThatLosesTheLink() {
        Link link = hanging();
        List<CompletableFuture<?>> operations = all(link);
        List<Thread> told = new ArrayList<>();
        for (CompletableFuture<?> operation : operations) {
            var unused = operation.whenComplete((value, error) -> told.add(Thread.currentThread()));
        }
        link.lost().complete("given up");
        operations.forEach(operation -> {
            assertTrue(operation.isDone(), "still under way");
            assertEquals("given up", failure(operation));
        });
        assertEquals(operations.size(), told.size());
        told.forEach(thread -> assertSame(Thread.currentThread(), thread));
    }

    @Test
    void onceLostOperationsFailAtOnce() {
        Link link = link();
        link.lost().complete("given up");
        all(link).forEach(operation -> {
            assertTrue(operation.isDone(), "still under way");
            assertEquals("given up", failure(operation));
        });
    }

    @Test
    void aConnectionThatBreaksMakesItLostOnceWithAReason() {
        Link link = link();
        value(link.subscribe(CHANNEL, bytes -> {}));
        cut(link);
        String reason = value(link.lost());
        assertFalse(reason.isBlank());
        all(link).forEach(operation -> assertEquals(reason, failure(operation)));
        assertFalse(link.lost().complete("another"));
        link.close();
        assertEquals(reason, value(link.lost()));
    }

    @Test
    void whatRedisRefusesFailsAloneAndTheLinkGoesOn() {
        Link link = link();
        refuse(link);
        TopicKeys others = new TopicKeys("test", new Topic("others"));
        Link.Kept other = new Link.Kept(others, Optional.empty(), kept("b").entries());
        List<Link.Answer> answers = value(link.publish(List.of(plain("x"), kept("a"), other, kept("c"), plain("y"))));
        assertEquals(
                List.of(true, false, true, false, true),
                answers.stream().map(Link.Taken.class::isInstance).toList(),
                answers::toString);
        CompletableFuture<Attachment> attached = link.attach(KEYS, Optional.empty());
        String reason = failure(attached);
        assertTrue(RelayUnavailableException.isRefusal(attached.exceptionNow()), reason);
        assertEquals(new Link.Refused(reason), answers.get(1));
        assertFalse(link.lost().isDone());
        assertEquals(1, value(link.attach(others, Optional.empty())).head().offset());
    }

    @Test
    void closingFailsWhatIsUnderWayReturnsAtOnceAndIsHarmlessAgain() {
        Link link = hanging();
        List<CompletableFuture<?>> operations = all(link);
        for (int i = 0; i < 2; i++) {
            atOnce(() -> {
                link.close();
                return true;
            });
        }
        operations.forEach(operation -> assertEquals("closed", failure(operation)));
        assertEquals("closed", value(link.lost()));
    }
}
