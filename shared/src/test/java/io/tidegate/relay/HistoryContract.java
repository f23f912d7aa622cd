package io.tidegate.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.MessageId;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What {@link Relay} promises of positions, ids and history, run by the test of each relay. */
abstract class HistoryContract extends RelayFixture {
    /** Messages kept, by default. */
    private static final int HISTORY = 1_000;

    @Test
    void allNodesSeeTheSamePositionsAndThePublisherIsToldThem() {
        List<Inbox> inboxes = List.of(new Inbox(), new Inbox());
        List<Relay> nodes = inboxes.stream().map(this::node).toList();
        nodes.forEach(node -> done(node.subscribe(TOPIC)));
        List<Position> told = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            told.add(value(nodes.get(i % 2).publish(TOPIC, Inbox.text("" + i), Optional.empty())));
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
        Position first = value(node.publish(TOPIC, Inbox.text("a"), id("a")));
        Position second = value(node.publish(TOPIC, Inbox.text("b"), id("b")));
        assertEquals(first, value(node.publish(TOPIC, Inbox.text("a"), id("a"))));
        assertEquals(first, value(other.publish(TOPIC, Inbox.text("a"), id("a"))));
        assertEquals(second.plus(1), value(other.publish(TOPIC, Inbox.text("c"), id("c"))));
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
        assertEquals(5, sent.stream().map(RelayFixture::value).distinct().count());
        done(nodes.getFirst().publish(TOPIC, Inbox.text("last"), Optional.empty()));
        arrived(inbox, 6);
        assertEquals(6, inbox.texts(TOPIC).stream().distinct().count());
        assertEquals("last", inbox.texts(TOPIC).getLast());
    }

    @Test
    void anIdIsKnownForAsLongAsItsMessageIsInTheHistory() {
        Relay node = node(new Inbox());
        Position first = value(node.publish(TOPIC, Inbox.text("a"), id("a")));
        for (int i = 0; i < 5; i++) {
            nodes().pass(Duration.ofMinutes(9));
            done(node.publish(TOPIC, Inbox.text("" + i), Optional.empty()));
        }
        assertTrue(history(node, first.plus(-1)).reaches());
        assertEquals(first, value(node.publish(TOPIC, Inbox.text("a"), id("a"))));
        nodes().pass(Duration.ofMinutes(11));
        assertFalse(history(node, first.plus(-1)).reaches());
        assertEquals(first.plus(6), value(node.publish(TOPIC, Inbox.text("a"), id("a"))));
    }

    @Test
    void anIdIsKnownForTwoMinutesHoweverShortTheHistoryIs() {
        Relay node = node(new Inbox(), Map.of("tidegate.history.ttl", "1s"));
        Position first = value(node.publish(TOPIC, Inbox.text("a"), id("a")));
        nodes().pass(Duration.ofSeconds(3));
        assertFalse(history(node, first.plus(-1)).reaches());
        assertEquals(first, value(node.publish(TOPIC, Inbox.text("a"), id("a"))));
        nodes().pass(Duration.ofSeconds(110));
        assertEquals(first, value(node.publish(TOPIC, Inbox.text("a"), id("a"))));
        nodes().pass(Duration.ofSeconds(10));
        assertEquals(first.plus(1), value(node.publish(TOPIC, Inbox.text("a"), id("a"))));
    }

    @Test
    void ofManyIdsTheOldEnd() {
        Relay node = node(new Inbox(), Map.of("tidegate.history.ttl", "5m"));
        Position first = value(node.publish(TOPIC, Inbox.text("a"), id("a")));
        for (int turn = 0; turn < 2; turn++) {
            int base = turn * HISTORY;
            inTurns(HISTORY, i -> node.publish(TOPIC, Inbox.text("b"), id("" + (base + i))));
            nodes().pass(Duration.ofMinutes(4));
        }
        assertEquals(first, value(node.publish(TOPIC, Inbox.text("a"), id("a"))), "not 5 minutes in a generation");
        for (int turn = 2; turn < 4; turn++) {
            int base = turn * HISTORY;
            inTurns(HISTORY, i -> node.publish(TOPIC, Inbox.text("b"), id("" + (base + i))));
            nodes().pass(Duration.ofMinutes(4));
        }
        assertEquals(first.plus(4 * HISTORY + 1), value(node.publish(TOPIC, Inbox.text("a"), id("a"))));
    }

    @Test
    void idsAreRememberedLongerThanMessages() {
        Relay node = node(new Inbox());
        Position first = value(node.publish(TOPIC, Inbox.text("a"), id("a")));
        inTurns(9_000, i -> node.publish(TOPIC, Inbox.text("" + i), id("" + i)));
        assertFalse(history(node, first).reaches());
        assertEquals(first, value(node.publish(TOPIC, Inbox.text("a"), id("a"))));
    }

    @Test
    void historyHoldsWhatFollowsAPosition() {
        Relay publisher = node(new Inbox());
        Relay reader = node(new Inbox());
        Position start = value(reader.head(TOPIC));
        List<Position> told = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            told.add(value(publisher.publish(TOPIC, Inbox.text("" + i), Optional.empty())));
        }
        assertEquals(told.getFirst().plus(4), told.getLast());
        assertEquals(told.getLast(), value(reader.head(TOPIC)));
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
        Position at = value(node.head(TOPIC));
        List<String> expected = new ArrayList<>();
        List<CompletionStage<Position>> sent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            expected.add(i + "x".repeat(i));
            sent.add(node.publish(TOPIC, Inbox.text(i + "x".repeat(i)), Optional.empty()));
        }
        sent.forEach(RelayFixture::done);
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
        Position start = value(node.head(TOPIC));
        inTurns(HISTORY, i -> node.publish(TOPIC, Inbox.text(""), Optional.empty()));
        int count = value(node.history(TOPIC, start, 100 * Retention.OVERHEAD))
                .messages()
                .size();
        assertTrue(count > 90 && count <= 100, () -> "" + count);
    }

    @Test
    void aTopicsMessagesAreBoundedInBytes() {
        Relay node = node(new Inbox());
        Position start = value(node.head(TOPIC));
        Message large = new Message(Opcode.BINARY, new byte[1 << 20]);
        Position first = value(node.publish(TOPIC, large, Optional.empty()));
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
        Position before = value(node.head(TOPIC));
        Position again = value(other.head(TOPIC));
        for (Position empty : List.of(before, again)) {
            History none = history(node, empty);
            assertTrue(none.reaches());
            assertEquals(empty, none.last());
            assertFalse(none.more());
        }
        Position first = value(node.publish(TOPIC, Inbox.text("a"), Optional.empty()));
        done(node.publish(TOPIC, Inbox.text("b"), Optional.empty()));
        for (Position empty : List.of(before, again)) {
            History all = history(other, empty);
            assertEquals(List.of("a", "b"), texts(all));
            assertEquals(first.plus(-1), all.after());
            assertFalse(history(node, empty.plus(1)).reaches(), "nobody was ever told such a position");
        }
        assertEquals(first.plus(1), value(other.head(TOPIC)));
    }

    @Test
    void aHistoryThatDoesNotReachBackSaysSo() {
        Relay node = node(new Inbox());
        Position start = value(node.head(TOPIC));
        Position first = value(node.publish(TOPIC, Inbox.text("0"), Optional.empty()));
        inTurns(HISTORY, i -> node.publish(TOPIC, Inbox.text("" + (i + 1)), Optional.empty()));
        assertFalse(history(node, start).reaches(), "one was dropped");
        assertFalse(history(node, first.plus(-1)).reaches(), "the same");
        assertEquals("1", texts(history(node, first)).getFirst());
        assertFalse(history(node, first.plus(HISTORY + 1)).reaches(), "a position of the future");
        assertFalse(history(node, new Position("another", 1)).reaches(), "another epoch");
        assertFalse(value(node.history(OTHER, first, 1)).reaches(), "another topic");
    }

    @Test
    void theLastMessagesAreThoseThatAreHeld() {
        Relay node = node(new Inbox());
        Relay other = node(new Inbox());
        History none = last(node, 3);
        assertTrue(none.reaches());
        assertEquals(List.of(), texts(none));
        Position first = value(node.publish(TOPIC, Inbox.text("0"), Optional.empty()));
        assertEquals(List.of("0"), texts(last(node, 3)));
        assertEquals(
                List.of("0"), texts(history(other, none.last())), "nothing comes between the answer and what follows");
        inTurns(HISTORY + 4, i -> node.publish(TOPIC, Inbox.text("" + (i + 1)), Optional.empty()));
        assertEquals(List.of("1002", "1003", "1004"), texts(last(other, 3)));
        assertEquals(first.plus(HISTORY + 1), last(other, 3).after());
        assertEquals(HISTORY, texts(last(other, 100_000)).size());
        assertEquals("5", texts(last(other, HISTORY)).getFirst());
        History page = value(node.last(TOPIC, 3, 1));
        assertEquals(List.of("1002"), texts(page));
        assertTrue(page.more());
        assertEquals("1003", texts(history(node, page.last())).getFirst());
        nodes().pass(Duration.ofMinutes(11));
        assertEquals(List.of(), texts(last(node, 3)), "no longer held");
        assertEquals(first.plus(HISTORY + 4), last(node, 3).after());
    }

    @Test
    void aMessageThatIsPassedComesInItsOrderAndIsNotHeld() {
        List<Inbox> inboxes = List.of(new Inbox(), new Inbox());
        List<Relay> nodes = inboxes.stream().map(this::node).toList();
        nodes.forEach(node -> done(node.subscribe(TOPIC)));
        assertEquals(Position.NONE, value(nodes.getFirst().pass(TOPIC, Inbox.text("first of all"))));
        List<CompletionStage<Position>> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sent.add(nodes.getFirst().publish(TOPIC, Inbox.text("kept " + i), id("" + i)));
            sent.add(nodes.getFirst().pass(TOPIC, Inbox.text("passed " + i)));
        }
        sent.forEach(RelayFixture::done);
        Position first = value(sent.getFirst());
        for (Inbox inbox : inboxes) {
            arrived(inbox, 201);
            for (int i = 0; i < 100; i++) {
                Inbox.Arrival kept = inbox.all().get(2 * i + 1);
                Inbox.Arrival passed = inbox.all().get(2 * i + 2);
                assertEquals("kept " + i, kept.text());
                assertEquals(first.plus(i), kept.position());
                assertEquals("passed " + i, passed.text());
                assertEquals(Position.NONE, passed.position());
            }
            assertEquals(List.of(), inbox.gaps());
        }
        assertEquals(100, texts(last(nodes.getLast(), 1_000)).size());
        assertEquals(first.plus(99), value(nodes.getLast().head(TOPIC)));
    }

    private static History last(Relay relay, int messages) {
        return value(relay.last(TOPIC, messages, 1 << 20));
    }

    private static Optional<MessageId> id(String text) {
        return Optional.of(new MessageId('"' + text + '"'));
    }

    private static History history(Relay relay, Position after) {
        return value(relay.history(TOPIC, after, 1 << 20));
    }

    private static List<String> texts(History history) {
        assertTrue(history.reaches());
        return history.messages().stream()
                .map(message -> new String(message.payload(), UTF_8))
                .toList();
    }
}
