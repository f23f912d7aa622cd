package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@link Relay} promises, run by the test of each relay. */
abstract class RelayContract {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Topic TOPIC = new Topic("news");
    private static final Topic OTHER = new Topic("weather");

    /** Messages kept, by default. */
    private static final int HISTORY = 1_000;

    private final List<Relay> open = new ArrayList<>();

    /** A relay, up, that is joined to the others of the same test. */
    abstract Relay join(Relay.Receiver receiver);

    /** The same, with this {@code tidegate.history.ttl}; joined to others of the same ttl. */
    abstract Relay join(Relay.Receiver receiver, Duration ttl);

    /** Lets time pass for all that is kept. */
    abstract void pass(Duration time);

    private Relay node(Relay.Receiver receiver) {
        Relay relay = join(receiver);
        open.add(relay);
        return relay;
    }

    @AfterEach
    void closeAll() {
        open.forEach(Relay::close);
    }

    private static void done(CompletionStage<?> stage) {
        Await.value("the relay answers", LIMIT, stage.thenApply(nothing -> true));
    }

    private static RelayUnavailableException failure(CompletionStage<?> stage) {
        Throwable error = Await.value(
                "the relay answers", LIMIT, stage.handle((nothing, e) -> e == null ? new AssertionError("done") : e));
        return assertInstanceOf(RelayUnavailableException.class, error);
    }

    /** So many publishes, no more of them under way at once than any machine carries in time. */
    static void inTurns(int count, IntFunction<CompletionStage<Position>> publish) {
        List<CompletionStage<Position>> turn = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            turn.add(publish.apply(i));
            if (turn.size() == 500 || i == count - 1) {
                turn.forEach(RelayContract::done);
                turn.clear();
            }
        }
    }

    private static void arrived(Inbox inbox, int count) {
        Await.until(() -> inbox.size() + " of " + count + " arrived", LIMIT, () -> inbox.size() >= count);
    }

    @Test
    void allNodesGetTheSameMessagesInOneOrderAndOfEachThreadInItsOwn() {
        int threads = 4;
        int each = 500;
        List<Inbox> inboxes = List.of(new Inbox(), new Inbox(), new Inbox());
        List<Relay> nodes = inboxes.stream().map(this::node).toList();
        nodes.forEach(node -> done(node.subscribe(TOPIC)));

        List<CompletableFuture<Void>> publishers = IntStream.range(0, threads)
                .mapToObj(thread -> CompletableFuture.runAsync(
                        () -> {
                            Relay node = nodes.get(thread % nodes.size());
                            List<CompletionStage<?>> sent = new ArrayList<>();
                            for (int i = 0; i < each; i++) {
                                sent.add(node.publish(TOPIC, Inbox.text(thread + ":" + i), Optional.empty()));
                            }
                            sent.forEach(RelayContract::done);
                        },
                        Thread::startVirtualThread))
                .toList();
        publishers.forEach(RelayContract::done);

        inboxes.forEach(inbox -> arrived(inbox, threads * each));
        List<String> first = inboxes.getFirst().texts(TOPIC);
        for (Inbox inbox : inboxes) {
            assertEquals(first, inbox.texts(TOPIC));
            assertFalse(inbox.overlapped(), "two threads at once in one topic");
        }
        for (int thread = 0; thread < threads; thread++) {
            String prefix = thread + ":";
            assertEquals(
                    IntStream.range(0, each).mapToObj(i -> prefix + i).toList(),
                    first.stream().filter(text -> text.startsWith(prefix)).toList());
        }
    }

    @Test
    void tenThousandMessagesArriveNoneLostNoneDoubled() {
        int count = 10_000;
        Inbox inbox = new Inbox();
        Relay publisher = node(new Inbox());
        done(node(inbox).subscribe(TOPIC));

        List<CompletionStage<?>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(publisher.publish(TOPIC, Inbox.text("" + i), Optional.empty()));
        }
        sent.forEach(RelayContract::done);

        arrived(inbox, count);
        assertEquals(IntStream.range(0, count).mapToObj(String::valueOf).toList(), inbox.texts(TOPIC));
    }

    @Test
    void bytesAndOpcodeArriveUnchanged() {
        byte[] every = new byte[256];
        IntStream.range(0, every.length).forEach(i -> every[i] = (byte) i);
        byte[] large = new byte[1 << 20];
        new Random(1).nextBytes(large);
        List<Message> messages = List.of(
                new Message(Opcode.BINARY, new byte[0]),
                new Message(Opcode.TEXT, new byte[0]),
                new Message(Opcode.BINARY, every),
                new Message(Opcode.BINARY, large),
                Inbox.text("ж \u0000 \n\r\n 🌊"));
        Inbox inbox = new Inbox();
        Relay publisher = node(new Inbox());
        done(node(inbox).subscribe(TOPIC));

        messages.forEach(message -> done(publisher.publish(TOPIC, message, Optional.empty())));

        arrived(inbox, messages.size());
        for (int i = 0; i < messages.size(); i++) {
            Message arrived = inbox.all().get(i).message();
            assertEquals(messages.get(i).opcode(), arrived.opcode());
            assertArrayEquals(messages.get(i).payload(), arrived.payload());
        }
    }

    @Test
    void manyLargeMessagesAtOnceArriveInOrder() {
        int count = 12;
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        done(node.subscribe(TOPIC));
        List<CompletionStage<?>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] payload = new byte[1 << 20];
            payload[0] = (byte) i;
            sent.add(node.publish(TOPIC, new Message(Opcode.BINARY, payload), Optional.empty()));
        }
        sent.forEach(RelayContract::done);
        arrived(inbox, count);
        for (int i = 0; i < count; i++) {
            assertEquals(i, inbox.all().get(i).message().payload()[0]);
        }
    }

    @Test
    void publisherGetsItsOwnMessage() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        done(node.subscribe(TOPIC));
        done(node.publish(TOPIC, Inbox.text("a"), Optional.empty()));
        arrived(inbox, 1);
        assertEquals(List.of("a"), inbox.texts(TOPIC));
    }

    @Test
    void theBroadcastTopicIsATopicAsAnyOther() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        done(node.subscribe(Topic.BROADCAST));
        done(node.publish(Topic.BROADCAST, Inbox.text("a"), Optional.empty()));
        arrived(inbox, 1);
        assertEquals(List.of("a"), inbox.texts(Topic.BROADCAST));
    }

    @Test
    void onlySubscribedTopicsArrive() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        done(node.publish(OTHER, Inbox.text("nobody listens, and that is no failure"), Optional.empty()));
        done(node.subscribe(TOPIC));
        done(node.publish(OTHER, Inbox.text("not this"), Optional.empty()));
        done(node.publish(TOPIC, Inbox.text("this"), Optional.empty()));
        arrived(inbox, 1);
        assertEquals(
                List.of("this"), inbox.all().stream().map(Inbox.Arrival::text).toList());
    }

    @Test
    void nothingArrivesAfterUnsubscribing() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        done(node.subscribe(TOPIC));
        done(node.subscribe(OTHER));
        node.unsubscribe(TOPIC);
        node.unsubscribe(new Topic("never-subscribed"));
        done(node.publish(TOPIC, Inbox.text("too late"), Optional.empty()));
        done(node.publish(OTHER, Inbox.text("marker"), Optional.empty()));
        arrived(inbox, 1);
        assertEquals(
                List.of("marker"), inbox.all().stream().map(Inbox.Arrival::text).toList());
    }

    @Test
    void subscribingAgainDoublesNothing() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        CompletionStage<?> first = node.subscribe(TOPIC);
        done(node.subscribe(TOPIC));
        done(first);
        done(node.subscribe(TOPIC));
        done(node.publish(TOPIC, Inbox.text("a"), Optional.empty()));
        done(node.publish(TOPIC, Inbox.text("b"), Optional.empty()));
        arrived(inbox, 2);
        assertEquals(List.of("a", "b"), inbox.texts(TOPIC));
    }

    @Test
    void theLastWordCountsHoweverFastSubscribeAndUnsubscribeFollowEachOther() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        for (int i = 0; i < 200; i++) {
            node.subscribe(TOPIC);
            node.unsubscribe(TOPIC);
            node.unsubscribe(OTHER);
            node.subscribe(OTHER);
        }
        done(node.subscribe(OTHER));
        done(node.publish(TOPIC, Inbox.text("not wanted"), Optional.empty()));
        done(node.publish(OTHER, Inbox.text("wanted"), Optional.empty()));
        arrived(inbox, 1);
        assertEquals(
                List.of("wanted"), inbox.all().stream().map(Inbox.Arrival::text).toList());

        done(node.subscribe(TOPIC));
        done(node.publish(TOPIC, Inbox.text("wanted again"), Optional.empty()));
        arrived(inbox, 2);
        assertEquals(List.of("wanted again"), inbox.texts(TOPIC));
    }

    @Test
    void aReceiverThatThrowsDisturbsNobody() {
        Inbox inbox = new Inbox();
        Relay failing = node(new Relay.Receiver() {
            @Override
            public void receive(Topic topic, Stretch stretch) {
                throw new IllegalStateException("a defect, on purpose");
            }

            @Override
            public void gap(Topic topic, Position position) {}
        });
        Relay node = node(inbox);
        done(failing.subscribe(TOPIC));
        done(node.subscribe(TOPIC));
        done(failing.publish(TOPIC, Inbox.text("a"), Optional.empty()));
        done(failing.publish(TOPIC, Inbox.text("b"), Optional.empty()));
        arrived(inbox, 2);
        assertEquals(List.of("a", "b"), inbox.texts(TOPIC));
    }

    @Test
    void allNodesSeeTheSamePositionsAndThePublisherIsToldThem() {
        List<Inbox> inboxes = List.of(new Inbox(), new Inbox());
        List<Relay> nodes = inboxes.stream().map(this::node).toList();
        nodes.forEach(node -> done(node.subscribe(TOPIC)));
        List<Position> told = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            told.add(position(nodes.get(i % 2).publish(TOPIC, Inbox.text("" + i), Optional.empty())));
        }
        for (int i = 1; i < told.size(); i++) {
            assertEquals(told.get(i - 1).plus(1), told.get(i));
        }
        for (Inbox inbox : inboxes) {
            arrived(inbox, 10);
            assertEquals(told, inbox.all().stream().map(Inbox.Arrival::position).toList());
            assertEquals(List.of(), inbox.gaps());
        }
    }

    @Test
    void anIdIsPublishedOnceWhicheverNodeItComesThrough() {
        Inbox inbox = new Inbox();
        Relay node = node(inbox);
        Relay other = node(new Inbox());
        done(node.subscribe(TOPIC));
        Position first = position(node.publish(TOPIC, Inbox.text("a"), id("a")));
        Position second = position(node.publish(TOPIC, Inbox.text("b"), id("b")));
        assertEquals(first, position(node.publish(TOPIC, Inbox.text("a"), id("a"))));
        assertEquals(first, position(other.publish(TOPIC, Inbox.text("a"), id("a"))));
        assertEquals(second.plus(1), position(other.publish(TOPIC, Inbox.text("c"), id("c"))));
        done(node.publish(OTHER, Inbox.text("an id is its topic's own"), id("a")));
        arrived(inbox, 3);
        assertEquals(List.of("a", "b", "c"), inbox.texts(TOPIC));
    }

    @Test
    void ofOneIdManyTimesAtOnceOneIsPublished() {
        Inbox inbox = new Inbox();
        List<Relay> nodes = List.of(node(inbox), node(new Inbox()), node(new Inbox()));
        done(nodes.getFirst().subscribe(TOPIC));
        List<CompletionStage<Position>> sent = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            sent.add(nodes.get(i % 3).publish(TOPIC, Inbox.text("" + i % 5), id("" + i % 5)));
        }
        assertEquals(5, sent.stream().map(RelayContract::position).distinct().count());
        done(nodes.getFirst().publish(TOPIC, Inbox.text("last"), Optional.empty()));
        arrived(inbox, 6);
        assertEquals(6, inbox.texts(TOPIC).stream().distinct().count());
        assertEquals("last", inbox.texts(TOPIC).getLast());
    }

    @Test
    void anIdIsKnownForAsLongAsItsMessageIsInTheHistory() {
        Relay node = node(new Inbox());
        Position first = position(node.publish(TOPIC, Inbox.text("a"), id("a")));
        for (int i = 0; i < 5; i++) {
            pass(Duration.ofMinutes(9));
            position(node.publish(TOPIC, Inbox.text("" + i), Optional.empty()));
        }
        assertTrue(history(node, first.plus(-1)).reaches());
        assertEquals(first, position(node.publish(TOPIC, Inbox.text("a"), id("a"))));
        pass(Duration.ofMinutes(11));
        assertFalse(history(node, first.plus(-1)).reaches());
        assertEquals(first.plus(6), position(node.publish(TOPIC, Inbox.text("a"), id("a"))));
    }

    @Test
    void anIdIsKnownForTwoMinutesHoweverShortTheHistoryIs() {
        Relay node = join(new Inbox(), Duration.ofSeconds(1));
        open.add(node);
        Position first = position(node.publish(TOPIC, Inbox.text("a"), id("a")));
        pass(Duration.ofSeconds(3));
        assertFalse(history(node, first.plus(-1)).reaches());
        assertEquals(first, position(node.publish(TOPIC, Inbox.text("a"), id("a"))));
        pass(Duration.ofSeconds(110));
        assertEquals(first, position(node.publish(TOPIC, Inbox.text("a"), id("a"))));
        pass(Duration.ofSeconds(10));
        assertEquals(first.plus(1), position(node.publish(TOPIC, Inbox.text("a"), id("a"))));
    }

    @Test
    void ofManyIdsTheOldEnd() {
        Relay node = join(new Inbox(), Duration.ofMinutes(5));
        open.add(node);
        Position first = position(node.publish(TOPIC, Inbox.text("a"), id("a")));
        for (int turn = 0; turn < 2; turn++) {
            int base = turn * HISTORY;
            inTurns(HISTORY, i -> node.publish(TOPIC, Inbox.text("b"), id("" + (base + i))));
            pass(Duration.ofMinutes(4));
        }
        assertEquals(first, position(node.publish(TOPIC, Inbox.text("a"), id("a"))), "not 5 minutes in a generation");
        for (int turn = 2; turn < 4; turn++) {
            int base = turn * HISTORY;
            inTurns(HISTORY, i -> node.publish(TOPIC, Inbox.text("b"), id("" + (base + i))));
            pass(Duration.ofMinutes(4));
        }
        assertEquals(first.plus(4 * HISTORY + 1), position(node.publish(TOPIC, Inbox.text("a"), id("a"))));
    }

    @Test
    void idsAreRememberedLongerThanMessages() {
        Relay node = node(new Inbox());
        Position first = position(node.publish(TOPIC, Inbox.text("a"), id("a")));
        inTurns(9_000, i -> node.publish(TOPIC, Inbox.text("" + i), id("" + i)));
        assertFalse(history(node, first).reaches());
        assertEquals(first, position(node.publish(TOPIC, Inbox.text("a"), id("a"))));
    }

    @Test
    void historyHoldsWhatFollowsAPosition() {
        Relay publisher = node(new Inbox());
        Relay reader = node(new Inbox());
        Position start = position(reader.head(TOPIC));
        List<Position> told = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            told.add(position(publisher.publish(TOPIC, Inbox.text("" + i), Optional.empty())));
        }
        assertEquals(told.getFirst().plus(4), told.getLast());
        assertEquals(told.getLast(), position(reader.head(TOPIC)));
        History all = history(reader, start);
        assertEquals(List.of("0", "1", "2", "3", "4"), texts(all));
        assertEquals(told.getFirst().plus(-1), all.after(), "though nobody knew its epoch then");
        assertEquals(told.getLast(), all.last());
        assertEquals(List.of("3", "4"), texts(history(reader, told.get(2))));
        History none = history(reader, told.getLast());
        assertTrue(none.reaches());
        assertEquals(List.of(), none.messages());
        assertFalse(none.more());
    }

    @Test
    void aHistoryComesInPagesThatNeitherOverlapNorLeaveOut() {
        Relay node = node(new Inbox());
        Position at = position(node.head(TOPIC));
        List<String> expected = new ArrayList<>();
        List<CompletionStage<Position>> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            expected.add(i + "x".repeat(i));
            sent.add(node.publish(TOPIC, Inbox.text(i + "x".repeat(i)), Optional.empty()));
        }
        sent.forEach(RelayContract::done);
        List<String> read = new ArrayList<>();
        History page;
        do {
            page = value(node.history(TOPIC, at, 1_000));
            assertTrue(page.reaches());
            assertFalse(page.messages().isEmpty(), "a page without progress");
            read.addAll(texts(page));
            at = page.last();
        } while (page.more());
        assertEquals(expected, read);
        assertTrue(value(node.history(TOPIC, at.plus(-1), 1)).reaches(), "at least one, however small the page");
    }

    @Test
    void aPageIsBoundedThoughItsMessagesAreTiny() {
        Relay node = node(new Inbox());
        Position start = position(node.head(TOPIC));
        inTurns(HISTORY, i -> node.publish(TOPIC, Inbox.text(""), Optional.empty()));
        int count = value(node.history(TOPIC, start, 100 * Retention.OVERHEAD))
                .messages()
                .size();
        assertTrue(count > 90 && count <= 100, () -> "" + count);
    }

    @Test
    void aTopicsMessagesAreBoundedInBytes() {
        Relay node = node(new Inbox());
        Position start = position(node.head(TOPIC));
        Message large = new Message(Opcode.BINARY, new byte[1 << 20]);
        Position first = position(node.publish(TOPIC, large, Optional.empty()));
        inTurns(15, i -> node.publish(TOPIC, large, Optional.empty()));
        assertFalse(value(node.history(TOPIC, start, 1)).reaches(), "16 MiB of payload are more than 16 MiB");
        assertTrue(value(node.history(TOPIC, first, 1)).reaches(), "15 of them are not");
        inTurns(3, i -> node.publish(TOPIC, large, Optional.empty()));
        assertFalse(value(node.history(TOPIC, first.plus(2), 1)).reaches());
        assertTrue(value(node.history(TOPIC, first.plus(3), 1)).reaches());
        inTurns(HISTORY - 1, i -> node.publish(TOPIC, Inbox.text(""), Optional.empty()));
        assertTrue(history(node, first.plus(17)).reaches(), "what is small has room again");
    }

    @Test
    void nothingIsMissingBehindAnEmptyTopicHoweverOftenItIsLookedAt() {
        Relay node = node(new Inbox());
        Relay other = node(new Inbox());
        Position before = position(node.head(TOPIC));
        Position again = position(other.head(TOPIC));
        for (Position empty : List.of(before, again)) {
            History none = history(node, empty);
            assertTrue(none.reaches());
            assertEquals(empty, none.last());
            assertFalse(none.more());
        }
        Position first = position(node.publish(TOPIC, Inbox.text("a"), Optional.empty()));
        position(node.publish(TOPIC, Inbox.text("b"), Optional.empty()));
        for (Position empty : List.of(before, again)) {
            History all = history(other, empty);
            assertEquals(List.of("a", "b"), texts(all));
            assertEquals(first.plus(-1), all.after());
            assertFalse(history(node, empty.plus(1)).reaches(), "nobody was ever told such a position");
        }
        assertEquals(first.plus(1), position(other.head(TOPIC)));
    }

    @Test
    void aHistoryThatDoesNotReachBackSaysSo() {
        Relay node = node(new Inbox());
        Position start = position(node.head(TOPIC));
        Position first = position(node.publish(TOPIC, Inbox.text("0"), Optional.empty()));
        inTurns(HISTORY, i -> node.publish(TOPIC, Inbox.text("" + (i + 1)), Optional.empty()));
        assertFalse(history(node, start).reaches(), "one was dropped");
        assertFalse(history(node, first.plus(-1)).reaches(), "the same");
        assertEquals("1", texts(history(node, first)).getFirst());
        assertFalse(history(node, first.plus(HISTORY + 1)).reaches(), "a position of the future");
        assertFalse(history(node, new Position("another", 1)).reaches(), "another epoch");
        assertFalse(value(node.history(OTHER, first, 1)).reaches(), "another topic");
    }

    private static Optional<MessageId> id(String text) {
        return Optional.of(new MessageId('"' + text + '"'));
    }

    private static Position position(CompletionStage<Position> stage) {
        return value(stage);
    }

    private static History history(Relay relay, Position after) {
        return value(relay.history(TOPIC, after, 1 << 20));
    }

    private static <T> T value(CompletionStage<T> stage) {
        return Await.value("the relay answers", LIMIT, stage);
    }

    private static List<String> texts(History history) {
        assertTrue(history.reaches());
        return history.messages().stream()
                .map(message -> new String(message.payload(), UTF_8))
                .toList();
    }

    @Test
    void closingFailsWhatIsUnderWayAndDeliversNothingMore() {
        Inbox inbox = new Inbox();
        Inbox othersInbox = new Inbox();
        Relay node = node(inbox);
        Relay other = node(othersInbox);
        done(node.subscribe(TOPIC));
        done(other.subscribe(TOPIC));
        assertInstanceOf(RelayStatus.Up.class, node.status());
        List<CompletionStage<?>> sent = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            sent.add(node.publish(TOPIC, Inbox.text("" + i), Optional.empty()));
        }

        node.close();

        int before = inbox.size();
        int carried = 0;
        for (CompletionStage<?> publish : sent) {
            assertTrue(publish.toCompletableFuture().isDone(), "a publish is left hanging");
            carried += publish.toCompletableFuture().isCompletedExceptionally() ? 0 : 1;
        }
        assertInstanceOf(RelayStatus.Down.class, node.status());
        failure(node.publish(TOPIC, Inbox.text("closed"), Optional.empty()));
        failure(node.subscribe(OTHER));
        node.unsubscribe(TOPIC);
        node.close();

        done(other.publish(TOPIC, Inbox.text("last"), Optional.empty()));
        Await.until("the others go on", LIMIT, () -> othersInbox.texts(TOPIC).contains("last"));
        assertEquals(before, inbox.size());
        List<String> texts = othersInbox.texts(TOPIC);
        assertTrue(texts.size() > carried, "one that was reported as carried is missing");
        assertEquals(texts.size(), new HashSet<>(texts).size());
    }
}
