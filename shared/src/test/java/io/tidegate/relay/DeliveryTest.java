package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How a topic goes from one link to the next without a hole, told apart from any Redis. */
class DeliveryTest {
    private static final Topic TOPIC = new Topic("news");
    private static final TopicKeys KEYS = new TopicKeys("p", TOPIC);

    /** What was delivered: texts, and "gap" where one was reported. */
    private final List<String> delivered = new ArrayList<>();

    private final Delivery delivery = new Delivery(TOPIC, new Delivery.Arrivals() {
        @Override
        public void messages(Topic topic, Position first, List<Envelope> envelopes) {
            add(first, envelopes.stream().map(Envelope::message).toList());
        }

        @Override
        public void missed(Topic topic, Position first, History history) {
            add(first, history.messages());
        }

        private void add(Position first, List<Message> messages) {
            for (int i = 0; i < messages.size(); i++) {
                delivered.add(first.plus(i).offset() + ":" + new Inbox.Arrival(TOPIC, first, messages.get(i)).text());
            }
        }

        @Override
        public void gap(Topic topic, Position position) {
            delivered.add("gap " + position.offset());
        }

        @Override
        public void malformed(Topic topic) {
            delivered.add("malformed");
        }
    });

    private static Position publish(FakeLink link, String text) {
        Position position = link.log(TOPIC).append(Inbox.text(text), Optional.empty(), 0);
        link.arrive(KEYS.channel(), packet(position, text));
        return position;
    }

    private static byte[] packet(Position position, String... texts) {
        return FakeLink.packet(
                position,
                List.of(texts).stream()
                        .map(text -> new Envelope(Inbox.text(text), 0))
                        .toList());
    }

    private FakeLink start(FakeLink link) {
        var unused = delivery.feed(link).start(KEYS);
        return link;
    }

    @Test
    void aFirstLinkBeginsAtThePresent() {
        FakeLink link = new FakeLink();
        publish(link, "before");
        start(link);
        publish(link, "after");
        assertEquals(List.of("2:after"), delivered);
    }

    @Test
    void theNextLinkBringsWhatWasMissedInItsPlace() {
        FakeLink first = start(new FakeLink());
        publish(first, "a");
        FakeLink second = new FakeLink(first.logs());
        publish(second, "b");
        publish(second, "c");
        start(second);
        publish(second, "d");
        assertEquals(List.of("1:a", "2:b", "3:c", "4:d"), delivered);
    }

    @Test
    void whatArrivesWhileTheHistoryIsReadFollowsItOnce() {
        FakeLink first = start(new FakeLink());
        publish(first, "a");
        FakeLink second = new FakeLink(first.logs());
        publish(second, "b");
        start(second.holding("history"::equals));
        publish(second, "c");
        assertEquals(List.of("1:a"), delivered);
        second.release();
        publish(second, "d");
        assertEquals(List.of("1:a", "2:b", "3:c", "4:d"), delivered);
    }

    @Test
    void whatWasPublishedBeforeTheTopicsPlaceWasKnownIsNotDeliveredTwice() {
        FakeLink link = start(new FakeLink().holding("attach"::equals));
        publish(link, "early");
        link.release();
        publish(link, "late");
        assertEquals(List.of("2:late"), delivered);
    }

    @Test
    void aLongOutageIsReadInPages() {
        FakeLink first = start(new FakeLink());
        publish(first, "a");
        FakeLink second = new FakeLink(first.logs());
        String large = "x".repeat(Delivery.PAGE_BYTES / 3);
        IntStream.range(0, 20).forEach(i -> publish(second, i + large));
        start(second);
        assertEquals(21, delivered.size());
        assertTrue(delivered.getLast().startsWith("21:19x"));
    }

    @Test
    void anOutageBeyondTheHistoryIsReportedAndDeliveryGoesOn() {
        FakeLink first = start(new FakeLink());
        publish(first, "a");
        FakeLink second = new FakeLink(first.logs());
        IntStream.range(0, 1_001).forEach(i -> publish(second, "b" + i));
        start(second);
        publish(second, "c");
        assertEquals(List.of("1:a", "gap 1002", "1003:c"), delivered);
    }

    @Test
    void aTopicThatHasLostItsCountIsReportedAndReadFromItsNewBeginning() {
        FakeLink first = start(new FakeLink());
        publish(first, "a");
        FakeLink second = new FakeLink();
        publish(second, "b");
        start(second);
        publish(second, "c");
        assertEquals(List.of("1:a", "gap 0", "1:b", "2:c"), delivered);
    }

    @Test
    void aCountThatBeginsAnewUnderALinkIsReported() {
        FakeLink link = start(new FakeLink());
        publish(link, "a");
        link.arrive(KEYS.channel(), packet(new Position("another", 1), "b", "c"));
        assertEquals(List.of("1:a", "gap 0", "1:b", "2:c"), delivered);
    }

    @Test
    void aMessageThatIsMissingCostsTheLinkAndNotTheMessage() {
        FakeLink link = start(new FakeLink());
        Position a = publish(link, "a");
        link.log(TOPIC).append(Inbox.text("b"), Optional.empty(), 0);
        link.log(TOPIC).append(Inbox.text("c"), Optional.empty(), 0);
        link.arrive(KEYS.channel(), packet(a.plus(2), "c"));
        assertEquals("messages have been missed", link.lost().getNow(""));
        start(new FakeLink(link.logs()));
        assertEquals(List.of("1:a", "2:b", "3:c"), delivered);
    }

    @Test
    void whatOverlapsIsCut() {
        FakeLink link = start(new FakeLink());
        Position a = publish(link, "a");
        link.arrive(KEYS.channel(), packet(a, "a", "b"));
        link.arrive(KEYS.channel(), packet(a, "a"));
        assertEquals(List.of("1:a", "2:b"), delivered);
        assertFalse(link.lost().isDone());
    }

    @Test
    void nothingOfAnOldLinkArrivesThoughItGoesOnReading() {
        FakeLink first = start(new FakeLink());
        publish(first, "a");
        FakeLink slow = new FakeLink(first.logs());
        publish(slow, "b");
        start(slow.holding("history"::equals));
        FakeLink second = start(new FakeLink(first.logs()));
        slow.release();
        publish(slow, "of an old link");
        assertEquals(List.of("1:a", "2:b"), delivered);
        assertEquals("messages have been missed", lostAfter(second, publish(second, "c")));
    }

    /** The old link's message is in the log, so the new one must notice that it never saw it. */
    private static String lostAfter(FakeLink link, Position ignored) {
        return link.lost().getNow("");
    }

    @Test
    void mutedItGoesOnCounting() {
        FakeLink link = start(new FakeLink());
        delivery.mute(true);
        publish(link, "a");
        delivery.mute(false);
        publish(link, "b");
        assertEquals(List.of("2:b"), delivered);
        assertFalse(link.lost().isDone());
    }

    @Test
    void bytesThatAreNoPacketAreIgnored() {
        FakeLink link = start(new FakeLink());
        byte[] packet = packet(new Position("k", 1), "a");
        for (int length : List.of(0, 3, 4, 6, packet.length - 1)) {
            link.arrive(KEYS.channel(), java.util.Arrays.copyOf(packet, length));
        }
        link.arrive(KEYS.channel(), "k one\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertEquals(java.util.Collections.nCopies(6, "malformed"), delivered);
    }
}
