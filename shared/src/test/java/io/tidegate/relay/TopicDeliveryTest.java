package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.owner.InlineOwners;
import io.tidegate.owner.Owner;
import io.tidegate.protocol.Message;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How a topic goes from one link to the next without a hole, told apart from any Redis. */
class TopicDeliveryTest {
    private static final Topic TOPIC = new Topic("news");
    private static final TopicKeys KEYS = new TopicKeys("p", TOPIC);

    /** What was delivered: texts, and "gap" where one was reported. */
    private final List<String> delivered = new ArrayList<>();

    /** What it told the uplink. */
    private final List<UplinkEvent> told = new ArrayList<>();

    private final InlineOwners owners = new InlineOwners(() -> {});
    private Predicate<String> defect = text -> false;
    private long order;

    private final Owner<TopicEvent> delivery = delivery(KEYS);

    private Owner<TopicEvent> delivery(TopicKeys keys) {
        Owner<TopicEvent> made = TopicDelivery.of(keys, new Arrivals(), new KnownPositions(), this::told, owners);
        made.post(new TopicEvent.Mute(false));
        return made;
    }

    /** As the uplink does: a link that is given up is lost. */
    private void told(UplinkEvent event) {
        told.add(event);
        if (event instanceof UplinkEvent.GiveUp giveUp) {
            giveUp.link().lost().complete(giveUp.reason());
        }
    }

    private final class Arrivals implements TopicDelivery.Arrivals {
        @Override
        public void messages(Position first, List<Envelope> envelopes) {
            add(first, envelopes.stream().map(Envelope::message).toList());
        }

        @Override
        public void missed(Position first, History history) {
            add(first, history.messages());
        }

        private void add(Position first, List<Message> messages) {
            for (int i = 0; i < messages.size(); i++) {
                String text = new Inbox.Arrival(TOPIC, first, messages.get(i)).text();
                if (defect.test(text)) {
                    throw new IllegalStateException("a defect, on purpose");
                }
                delivered.add(first.plus(i).offset() + ":" + text);
            }
        }

        @Override
        public void gap(Position position) {
            if (defect.test("gap")) {
                throw new IllegalStateException("a defect, on purpose");
            }
            delivered.add("gap " + position.offset());
        }

        @Override
        public void presence(PresenceChange change) {
            delivered.add("presence " + change.version().offset());
        }

        @Override
        public void attached(boolean watched) {
            if (watched) {
                delivered.add("watched");
            }
        }

        @Override
        public void malformed() {
            delivered.add("malformed");
        }
    }

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
        delivery.post(new TopicEvent.Start(++order, link));
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
        String large = "x".repeat(TopicDelivery.PAGE_BYTES / 3);
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
        delivery.post(new TopicEvent.Mute(true));
        publish(link, "a");
        delivery.post(new TopicEvent.Mute(false));
        publish(link, "b");
        // Who has come since must ask whether somebody watches.
        assertEquals(List.of("watched", "2:b"), delivered);
        assertFalse(link.lost().isDone());
    }

    @Test
    void itSaysWhenAllIsDeliveredAsItArrives() {
        FakeLink link = start(new FakeLink().holding("attach"::equals));
        assertEquals(List.of(), told);
        link.release();
        assertEquals(List.of(new UplinkEvent.TopicDone(TOPIC, order)), told);
    }

    @Test
    void itSaysThatItHasStoppedWhenNothingMoreIsDelivered() {
        FakeLink link = start(new FakeLink());
        publish(link, "a");
        link.holding(("unsubscribe " + KEYS.channel())::equals);
        delivery.post(new TopicEvent.Stop(++order, Optional.of(link)));
        publish(link, "b");
        assertEquals(1, told.size());
        link.release();
        assertEquals(new UplinkEvent.TopicDone(TOPIC, order), told.getLast());
        assertEquals(List.of("1:a"), delivered);
    }

    @Test
    void aLinkThatIsGivenUpBringsNothingMore() {
        FakeLink link = start(new FakeLink());
        Position a = publish(link, "a");
        FakeLink other = new FakeLink(link.logs());
        publish(other, "b");
        publish(other, "c");
        link.arrive(KEYS.channel(), packet(a.plus(2), "c"));
        link.arrive(KEYS.channel(), packet(a.plus(1), "b"));
        assertEquals(List.of("1:a"), delivered);
        assertEquals(
                1, told.stream().filter(UplinkEvent.GiveUp.class::isInstance).count());
    }

    /** Anyone may publish to a channel: that costs the topic nothing, and nobody the link. */
    @Test
    void aPositionThatTheTopicHasNotReachedIsDroppedAndWhatComesMeanwhileIsDelivered() {
        FakeLink link = start(new FakeLink());
        Position a = publish(link, "a");
        link.holding("attach"::equals);
        link.arrive(KEYS.channel(), packet(a.plus(1_000_000), "forged"));
        link.arrive(KEYS.channel(), packet(a.plus(2_000_000), "forged again"));
        publish(link, "b");
        assertEquals(List.of("1:a"), delivered);
        link.release();
        link.release();
        publish(link, "c");
        assertEquals(List.of("1:a", "malformed", "malformed", "2:b", "3:c"), delivered);
        assertFalse(link.lost().isDone());
        assertEquals(1, told.size(), told::toString);
    }

    @Test
    void whatIsHeldWhileTheHistoryIsReadIsBounded() {
        FakeLink first = start(new FakeLink());
        publish(first, "a");
        FakeLink second = new FakeLink(first.logs()).holding("history"::equals);
        publish(second, "b");
        start(second);
        String large = "x".repeat(1 << 20);
        Position at = second.log(TOPIC).head();
        for (int i = 1; i <= 17; i++) {
            assertFalse(second.lost().isDone(), "after " + i);
            second.arrive(KEYS.channel(), packet(at.plus(i), large));
            if (second.lost().isDone()) {
                assertTrue(i >= 16, "after " + i);
                return;
            }
        }
        assertEquals(
                "messages come faster than the history is read", second.lost().getNow(""));
    }

    @Test
    void endedItDeliversNothing() {
        FakeLink link = start(new FakeLink());
        CompletableFuture<Void> ended = new CompletableFuture<>();
        delivery.post(new TopicEvent.End(ended));
        publish(link, "a");
        assertTrue(ended.isDone());
        assertEquals(List.of(), delivered);
    }

    @Test
    void aDefectCostsTheMessageWhichIsToldAsAGap() {
        FakeLink link = start(new FakeLink());
        defect = "b"::equals;
        publish(link, "a");
        publish(link, "b");
        publish(link, "c");
        assertEquals(List.of("1:a", "gap 2", "3:c"), delivered);
        assertEquals(1, owners.defects().size());
        assertFalse(link.lost().isDone(), "the other topics go on");
    }

    @Test
    void aDefectInWhatTheHistoryHoldsIsAGapToo() {
        FakeLink first = start(new FakeLink());
        publish(first, "a");
        FakeLink second = new FakeLink(first.logs());
        publish(second, "b");
        publish(second, "c");
        defect = "b"::equals;
        start(second);
        publish(second, "d");
        assertEquals(List.of("1:a", "gap 3", "4:d"), delivered);
        assertEquals(new UplinkEvent.TopicDone(TOPIC, order), told.getLast());
    }

    @Test
    void aSecondDefectCostsTheTopicUntilTheNextLink() {
        FakeLink link = start(new FakeLink());
        publish(link, "a");
        defect = text -> text.equals("b") || text.equals("gap");
        publish(link, "b");
        publish(link, "c");
        assertEquals(new UplinkEvent.TopicFailed(TOPIC, order), told.getLast());
        assertFalse(link.lost().isDone());
        defect = text -> false;
        start(new FakeLink(link.logs()));
        assertEquals("1:a", delivered.getFirst());
        assertEquals("3:c", delivered.getLast());
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
