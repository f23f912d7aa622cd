package io.tidegate.check;

import static io.tidegate.check.Defect.Kind.DUPLICATED;
import static io.tidegate.check.Defect.Kind.FOREIGN;
import static io.tidegate.check.Defect.Kind.LOST;
import static io.tidegate.check.Defect.Kind.REORDERED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories in which each promise is broken, and histories in which none is. */
class CheckerTest {
    private final Journal journal = new Journal();
    private final Journal.Observer ann = journal.observe("ann", "tea", true);
    private final Journal.Observer ben = journal.observe("ben", "tea", true);

    @Test
    void aHistoryWithoutFaultHasNoDefect() {
        publish(1, 2, 3);
        receive(ann, 1, 2, 3);
        receive(ben, 1, 2, 3);
        assertDefects();
    }

    @Test
    void whatOneClientDidNotGetIsLost() {
        publish(1, 2, 3);
        receive(ann, 1, 2, 3);
        receive(ben, 1, 3);
        assertDefects(LOST);
        assertTrue(report().defects().getFirst().what().contains("0:2 never came to ben"));
    }

    @Test
    void whatIsPublishedOnceSomebodyHasLeftIsNotMissedByHim() {
        Journal.Observer gone = journal.observe("gone", "cup", false);
        publishTo("cup", 1, 2);
        receive(gone, 1, 2);
        gone.end();
        Journal.Observer fresh = journal.observe("fresh", "cup", false);
        publishTo("cup", 3);
        receive(fresh, 3);
        assertDefects();
    }

    @Test
    void whoHasGotNothingYetIsBehind() {
        journal.observe("fresh", "cup", false);
        journal.observe("gone", "cup", false).end();
        assertEquals(3, journal.behind(0), "ann, ben and fresh");
    }

    @Test
    void whatNobodyGotIsLostForEach() {
        publish(1, 2);
        receive(ann, 1);
        receive(ben, 1);
        assertDefects(LOST, LOST);
    }

    @Test
    void theLastOneIsLostToo() {
        publish(1, 2);
        receive(ann, 1, 2);
        receive(ben, 1);
        assertDefects(LOST);
    }

    @Test
    void whatWasNotAcknowledgedMayBeMissingOrNot() {
        publish(1);
        journal.publishing("tea", new Payload(0, 2));
        journal.publishing("tea", new Payload(0, 3));
        receive(ann, 1, 3);
        receive(ben, 1);
        assertDefects();
    }

    @Test
    void aGapThatWasToldIsNoLoss() {
        publish(1, 2, 3, 4);
        receive(ann, 1, 2, 3, 4);
        receive(ben, 1);
        ben.gap();
        receive(ben, 4);
        assertDefects();
        assertEquals(1, journal.gaps());
    }

    @Test
    void aGapExcusesNothingElsewhere() {
        publish(1, 2, 3, 4, 5);
        receive(ann, 1, 2, 3, 4, 5);
        receive(ben, 1);
        ben.gap();
        receive(ben, 3, 5);
        assertDefects(LOST);
    }

    @Test
    void aGapAtTheEndExcusesTheRest() {
        publish(1, 2);
        receive(ann, 1, 2);
        receive(ben, 1);
        ben.gap();
        assertDefects();
    }

    @Test
    void whatComesTwiceIsDuplicated() {
        publish(1, 2);
        receive(ann, 1, 2, 1);
        receive(ben, 1, 2);
        assertDefects(DUPLICATED);
    }

    @Test
    void whatIsKeptTwiceIsDuplicated() {
        publish(1);
        receive(ann, 1);
        receive(ben, 1);
        ben.received("elsewhere", new Payload(0, 1));
        assertDefects(DUPLICATED, DUPLICATED);
    }

    @Test
    void clientsThatDisagreeAboutTheOrderAreReordered() {
        publishTogether(1, 2);
        receive(ann, 1, 2);
        receive(ben, 2, 1);
        assertDefects(REORDERED);
    }

    @Test
    void aCircleOfThreeIsReordered() {
        Journal.Observer cat = journal.observe("cat", "tea", false);
        Journal.Observer dan = journal.observe("dan", "tea", false);
        Journal.Observer eve = journal.observe("eve", "tea", false);
        for (int i = 1; i <= 3; i++) {
            journal.publishing("tea", new Payload(i, 1));
        }
        plain(cat, 1, 2);
        plain(dan, 2, 3);
        plain(eve, 3, 1);
        assertDefects(REORDERED);
    }

    @Test
    void onePositionWithTwoMessagesIsReordered() {
        publishTogether(1, 2);
        ann.received("p1", new Payload(0, 1));
        ann.received("p2", new Payload(0, 2));
        ben.received("p1", new Payload(0, 1));
        ben.received("p1", new Payload(0, 2));
        assertDefects(REORDERED);
    }

    @Test
    void anAcknowledgementWithAForeignPositionIsReordered() {
        journal.publishing("tea", new Payload(0, 1));
        journal.publishing("tea", new Payload(0, 2));
        receive(ann, 1, 2);
        receive(ben, 1, 2);
        journal.acknowledged("tea", new Payload(0, 1), "p2");
        assertDefects(REORDERED);
    }

    @Test
    void aMessageBeforeOneThatWasAcknowledgedEarlierIsReordered() {
        publish(1, 2);
        receive(ann, 2, 1);
        receive(ben, 2, 1);
        assertDefects(REORDERED);
    }

    @Test
    void aMessageBeforeOneOfUnknownFateIsAllowedOrNotAsAsked() {
        publishTogether(1, 2);
        receive(ann, 2, 1);
        receive(ben, 2, 1);
        assertDefects();
        assertEquals(1, report().overtaken());
        assertEquals(List.of(REORDERED), kinds(Checker.check(journal, true)));
    }

    @Test
    void aMessageThatWasRefusedMayComeBehindThoseHandedOverBeforeItsAcknowledgement() {
        publishTogetherWithRefusalOf(1);
        receive(ann, 2, 3, 1);
        receive(ben, 2, 3, 1);
        assertEveryOrder();
        assertEquals(1, Checker.check(journal, true).overtaken());
    }

    @Test
    void aMessageThatWasNotRefusedMayNotComeBehindARefusedOne() {
        publishTogetherWithRefusalOf(3);
        receive(ann, 3, 1, 2);
        receive(ben, 3, 1, 2);
        assertEveryOrder(REORDERED, REORDERED);
    }

    @Test
    void aRefusalOfOneMessageExcusesNoOther() {
        publishTogetherWithRefusalOf(1);
        receive(ann, 3, 2, 1);
        receive(ben, 3, 2, 1);
        assertEveryOrder(REORDERED);
        assertEquals(1, Checker.check(journal, true).overtaken());
    }

    @Test
    void aMessageThatWasRefusedAndAcknowledgedComesBeforeThoseHandedOverLater() {
        publishTogetherWithRefusalOf(1);
        publish(4);
        receive(ann, 2, 3, 4, 1);
        receive(ben, 2, 3, 4, 1);
        assertEveryOrder(REORDERED);
    }

    @Test
    void aRefusalBehindTheAcknowledgementExcusesNothing() {
        publishTogether(1, 2);
        journal.refused("tea", new Payload(0, 1));
        receive(ann, 2, 1);
        receive(ben, 2, 1);
        assertEveryOrder(REORDERED);
    }

    @Test
    void clientsMayNotDisagreeAboutARefusedMessage() {
        publishTogetherWithRefusalOf(1);
        receive(ann, 1, 2, 3);
        receive(ben, 2, 3, 1);
        assertEveryOrder(REORDERED);
    }

    @Test
    void twoPublishersMayComeInAnyOrder() {
        journal.publishing("tea", new Payload(0, 1));
        journal.publishing("tea", new Payload(1, 1));
        ann.received("p1", new Payload(1, 1));
        ann.received("p2", new Payload(0, 1));
        assertDefects();
    }

    @Test
    void whatNobodyPublishedThereIsForeign() {
        journal.publishing("coffee", new Payload(0, 1));
        plain(ann, 0, 1);
        assertDefects(FOREIGN, FOREIGN);
    }

    @Test
    void aClientThatCameLateNeedNotHaveAll() {
        publish(1, 2);
        receive(ann, 1, 2);
        receive(ben, 1, 2);
        plain(journal.observe("late", "tea", false), 0);
        receive(journal.observe("later", "tea", false), 2);
        assertEquals(0, report().count(LOST));
    }

    private void publish(int... numbers) {
        publishTo("tea", numbers);
    }

    private void publishTo(String topic, int... numbers) {
        for (int number : numbers) {
            journal.publishing(topic, new Payload(0, number));
            journal.acknowledged(topic, new Payload(0, number), "p" + number);
        }
    }

    private void publishTogether(int... numbers) {
        for (int number : numbers) {
            journal.publishing("tea", new Payload(0, number));
        }
        for (int number : numbers) {
            journal.acknowledged("tea", new Payload(0, number), "p" + number);
        }
    }

    /** Three messages are under way together, and one of them is refused and sent again. */
    private void publishTogetherWithRefusalOf(int refused) {
        for (int number = 1; number <= 3; number++) {
            journal.publishing("tea", new Payload(0, number));
        }
        journal.refused("tea", new Payload(0, refused));
        for (int number = 1; number <= 3; number++) {
            journal.acknowledged("tea", new Payload(0, number), "p" + number);
        }
    }

    private static void receive(Journal.Observer observer, int... numbers) {
        for (int number : numbers) {
            observer.received("p" + number, new Payload(0, number));
        }
    }

    private static void plain(Journal.Observer observer, int... publishers) {
        for (int publisher : publishers) {
            observer.received(new Payload(publisher, 1));
        }
    }

    private Report report() {
        return Checker.check(journal, false);
    }

    private void assertEveryOrder(Defect.Kind... expected) {
        assertEquals(List.of(expected), kinds(Checker.check(journal, true)));
    }

    private void assertDefects(Defect.Kind... expected) {
        assertEquals(List.of(expected), kinds(report()), () -> report().text());
    }

    private static List<Defect.Kind> kinds(Report report) {
        return report.defects().stream().map(Defect::kind).sorted().toList();
    }
}
