package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HandOverTest {
    private final ClientFixture it = new ClientFixture();

    @Test
    void theSecondConnectionIsOpenedAtTheGivenMomentAndNotBefore() {
        Wire.Peer first = it.live();
        first.shutdown(1_250);
        assertEquals(State.LEAVING, it.client.state());

        it.advance(Duration.ofMillis(1_249));
        assertEquals(1, it.wire.opened());
        it.advance(Duration.ofMillis(1));
        assertEquals(2, it.wire.opened());
        assertEquals(State.HANDING_OVER, it.client.state());
    }

    @Test
    void theFirstIsClosedOnceTheSecondDeliversEveryTopic() {
        Wire.Peer first = it.live();
        Wire.Peer second = handOver(first);
        assertEquals(List.of("{\"type\":\"subscribe\",\"topic\":\"tea\",\"after\":\"0\"}"), second.sent);
        assertEquals(Optional.empty(), first.closed);

        second.subscribed("tea", "0", true);
        assertEquals(Optional.of(1000), first.closed);
        assertEquals(State.LIVE, it.client.state());
    }

    @Test
    void theNodeIsKnownWhileItServes() {
        assertEquals(Optional.empty(), it.client.node());
        it.live();
        assertEquals(Optional.of("n"), it.client.node());
        it.client.close();
        assertEquals(Optional.empty(), it.client.node());
    }

    @Test
    void whatComesOnBothIsToldOnceWhicheverIsAhead() {
        Wire.Peer first = it.live();
        Wire.Peer second = handOver(first);
        first.message("tea", "1");
        first.message("tea", "2");
        second.subscribed("tea", "0", true);
        second.message("tea", "1");
        second.message("tea", "2");
        second.message("tea", "3");
        first.message("tea", "3");
        second.message("tea", "4");
        assertEquals(List.of("1", "2", "3", "4"), it.told);
    }

    @Test
    void unacknowledgedPublishesGoAgainOnTheSecondInTheirOrder() {
        Wire.Peer first = it.live();
        it.publish("a");
        it.publish("b");
        Wire.Peer second = handOver(first);
        it.publish("c");
        first.ack("a");
        assertEquals(3, first.sent.size());

        second.sent.clear();
        second.subscribed("tea", "0", true);
        assertEquals(List.of(publish("b"), publish("c")), second.sent);
    }

    @Test
    void aRefusedSecondIsTriedAgainWhileTheFirstServes() {
        Wire.Peer first = it.live();
        first.shutdown(0);
        it.advance(Duration.ZERO);
        it.wire.last().refuse(503, Duration.ofSeconds(20));
        first.message("tea", "1");
        assertEquals(List.of("1"), it.told);
        assertEquals(State.HANDING_OVER, it.client.state());

        it.advance(Duration.ofMillis(500));
        Wire.Peer third = it.wire.last().welcome();
        third.subscribed("tea", "1", true);
        assertEquals(3, it.wire.opened());
        assertEquals(State.LIVE, it.client.state());
    }

    @Test
    void theSecondTakesOverAtOnceWhereTheFirstEnds() {
        Wire.Peer first = it.live();
        it.publish("a");
        Wire.Peer second = handOver(first);
        first.close("", 1012);
        assertTrue(second.sent.contains(publish("a")));
        assertEquals(State.RESUMING, it.client.state());

        second.subscribed("tea", "0", true);
        second.message("tea", "1");
        assertEquals(List.of("1"), it.told);
        assertEquals(2, it.wire.opened());
    }

    @Test
    void aNoticeOnTheSecondCountsOnceItServes() {
        Wire.Peer first = it.live();
        Wire.Peer second = handOver(first);
        second.shutdown(1_500);
        second.subscribed("tea", "0", true);
        assertEquals(State.LEAVING, it.client.state());

        it.advance(Duration.ofMillis(1_500));
        assertEquals(3, it.wire.opened());
        assertEquals(State.HANDING_OVER, it.client.state());
    }

    @Test
    void aSecondNoticeOnTheFirstChangesNothing() {
        Wire.Peer first = it.live();
        Wire.Peer second = handOver(first);
        first.shutdown(100);
        it.advance(Duration.ofMillis(100));
        assertEquals(2, it.wire.opened());
        second.subscribed("tea", "0", true);
        assertEquals(State.LIVE, it.client.state());
    }

    @Test
    void aTopicThatIsSubscribedMeanwhileBeginsAtOnePlaceOnBoth() {
        Wire.Peer first = it.live();
        Wire.Peer second = handOver(first);
        second.sent.clear();
        it.client.subscribe("coffee", it.listener());
        assertEquals(List.of("{\"type\":\"subscribe\",\"topic\":\"coffee\"}"), first.sent);
        assertEquals(List.of(), second.sent);

        second.subscribed("tea", "0", true);
        assertEquals(Optional.empty(), first.closed);
        first.subscribed("coffee", "70", true);
        assertEquals(List.of("{\"type\":\"subscribe\",\"topic\":\"coffee\",\"after\":\"70\"}"), second.sent);
        second.subscribed("coffee", "70", true);
        assertEquals(Optional.of(1000), first.closed);
    }

    @Test
    void whatTheOldNodeHasLostIsNotLostWhereTheNewOneHasIt() {
        Wire.Peer first = it.live();
        Wire.Peer second = handOver(first);
        first.subscribed("tea", "9", false);
        assertTrue(first.aborted);
        second.subscribed("tea", "0", true);
        second.message("tea", "1");
        assertEquals(List.of("1"), it.told);
    }

    @Test
    void aGapOnTheNewNodeIsToldAndTheOldOneCannotReorderIt() {
        Wire.Peer first = it.live();
        Wire.Peer second = handOver(first);
        second.subscribed("tea", "5", false);
        second.message("tea", "6");
        assertTrue(first.aborted);
        first.message("tea", "1");
        assertEquals(List.of("lost after 0", "6"), it.told);
    }

    @Test
    void whatTheNewNodeNoLongerHasIsNoGapWhereTheOldOneHasBroughtIt() {
        Wire.Peer first = it.live();
        Wire.Peer second = handOver(first);
        List.of("1", "2", "3", "4", "5").forEach(position -> first.message("tea", position));
        second.subscribed("tea", "4", false);
        assertEquals(Optional.of(1000), first.closed, "it takes over");
        second.message("tea", "5");
        second.message("tea", "6");
        assertEquals(List.of("1", "2", "3", "4", "5", "6"), it.told);
    }

    @Test
    void norWhereTheOldOneHasEndedSince() {
        Wire.Peer first = it.live();
        Wire.Peer second = handOver(first);
        List.of("1", "2", "3", "4", "5").forEach(position -> first.message("tea", position));
        first.close("", 1012);
        second.subscribed("tea", "4", false);
        second.message("tea", "5");
        second.message("tea", "6");
        assertEquals(List.of("1", "2", "3", "4", "5", "6"), it.told);
    }

    @Test
    void aNodeThatBeginsWhereItWasAskedToHasLostNothing() {
        Wire.Peer first = it.live();
        first.message("tea", "1");
        Wire.Peer second = handOver(first);
        second.subscribed("tea", "1", false);
        second.message("tea", "2");
        assertEquals(List.of("1", "2"), it.told);
        second.subscribed("tea", "1", false);
        assertEquals(List.of("1", "2", "lost after 2"), it.told, "said later it is a gap");
    }

    @Test
    void aLostSecondThatWasAheadIsNotHeardTwice() {
        Wire.Peer first = it.live();
        Wire.Peer second = handOver(first);
        it.client.subscribe("coffee", it.listener());
        second.subscribed("tea", "0", true);
        second.message("tea", "1");
        second.close("", 1011);
        assertEquals(Optional.empty(), first.closed);

        it.advance(Duration.ofMillis(500));
        Wire.Peer third = it.wire.last().welcome();
        first.message("tea", "1");
        third.subscribed("tea", "1", true);
        third.message("tea", "2");
        first.message("tea", "2");
        assertEquals(List.of("1", "2"), it.told);
    }

    private Wire.Peer handOver(Wire.Peer first) {
        first.shutdown(0);
        it.advance(Duration.ZERO);
        return it.wire.last().welcome();
    }

    private static String publish(String id) {
        return "{\"type\":\"publish\",\"topic\":\"tea\",\"id\":\"" + id + "\",\"message\":1}";
    }
}
