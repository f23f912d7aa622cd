package io.tidegate.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class BalanceTest {
    private static final int LIMIT = 10_000;
    private static final Settings.Rebalance DEFAULTS = Settings.defaults().rebalance();

    /** All at once, so that what is handed over in the end shows. */
    private static final Settings.Rebalance AT_ONCE =
            new Settings.Rebalance(true, DEFAULTS.tolerance(), 1, 1, Duration.ofSeconds(1));

    @Test
    void theMeanIsThatOfAllNodes() {
        assertEquals(200, balance(node(400), List.of(node(0))).mean());
        assertEquals(
                110, balance(node(400), List.of(node(0), node(20), node(20))).mean());
        assertEquals(400, balance(node(400), List.of()).mean());
    }

    @Test
    void nobodyIsHandedOverWithinTheTolerance() {
        Balance balance = new Balance(1_000, 1);
        assertFalse(balance.isExceededBy(1_200, DEFAULTS));
        assertTrue(balance.isExceededBy(1_201, DEFAULTS));
    }

    @Test
    void oneThatLacksMuchIsFilledByManyWhoHaveLittleTooMuch() {
        List<NodeReport> others = new ArrayList<>(Collections.nCopies(8, node(1_000)));
        others.add(node(0));
        Balance balance = balance(node(1_000), others);
        assertEquals(900, balance.mean());
        assertTrue(balance.isExceededBy(1_000, DEFAULTS));
        assertFalse(balance.isExceededBy(919, DEFAULTS), "for 19 nobody is bothered");
    }

    @Test
    void aNodeThatHasWhatItMayHaveLacksNothing() {
        assertEquals(1, balance(node(1_000), List.of(node(100, 100))).emptiest());
        assertEquals(0.5, balance(node(1_000), List.of(node(50, 100))).emptiest());
        assertEquals(0.8, balance(node(240), List.of(node(160))).emptiest());
        assertFalse(balance(node(240), List.of(node(160))).isExceededBy(240, DEFAULTS));
    }

    @Test
    void fewAreNotBothered() {
        Balance balance = new Balance(10, 1);
        assertFalse(balance.isExceededBy(29, DEFAULTS));
        assertTrue(balance.isExceededBy(30, DEFAULTS));
    }

    @Test
    void aShareASecondIsHandedOverUntilTheMeanIsReached() {
        Balance balance = new Balance(500, 1);
        assertEquals(100, balance.next(1_000, DEFAULTS), "a twentieth a second, for two seconds");
        assertEquals(30, balance.next(530, DEFAULTS));
        assertEquals(0, balance.next(500, DEFAULTS));
        assertEquals(0, balance.next(499, DEFAULTS));
    }

    @Test
    void aNodeThatDrainsIsNeitherRoomNorPartOfTheMean() {
        NodeReport draining = new NodeReport("b", 1, "tidegate", "b", "se", 0, 0, LIMIT, true, null);
        assertEquals(400, balance(node(400), List.of(draining)).mean());
        assertEquals(300, balance(node(400), List.of(draining, node(200))).mean());
    }

    @Test
    void aFullNodeIsNoRoom() {
        assertEquals(1_000, balance(node(1_000), List.of(node(100, 100))).mean());
        assertEquals(
                750, balance(node(1_000), List.of(node(100, 100), node(500))).mean());
    }

    @Test
    void whereEverybodyIsFullNobodyMoves() {
        Balance balance = balance(node(100, 100), List.of(node(50, 50), node(100, 100)));
        assertFalse(balance.isExceededBy(100, AT_ONCE));
        assertEquals(0, balance.next(100, AT_ONCE));
    }

    @Test
    void ofASmallNodeNoMoreIsExpectedThanItTakes() {
        Balance balance = balance(node(1_000), List.of(node(0, 100)));
        assertEquals(900, balance.mean());
        assertEquals(100, balance.next(1_000, AT_ONCE));
    }

    @Test
    void moreThanAllMayHoldIsNoReasonToMove() {
        Balance balance = balance(node(12, 10), List.of(node(10, 10)));
        assertFalse(balance.isExceededBy(12, AT_ONCE));
        assertEquals(0, balance.next(12, AT_ONCE));
    }

    /** Whatever the fleet: each by itself, all together they never hand over more than the others can take to the mean. */
    @RepeatedTest(500)
    void severalThatHandOverAtOnceFillTheRoomAndNoMore(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<NodeReport> fleet = new ArrayList<>();
        for (int i = 0; i < 2 + random.nextInt(12); i++) {
            int limit = 1 + random.nextInt(1_000);
            fleet.add(new NodeReport(
                    "n" + i,
                    1,
                    "tidegate",
                    "n" + i,
                    "se",
                    random.nextInt(limit + 1),
                    0,
                    limit,
                    random.nextInt(5) == 0,
                    null));
        }
        int moved = 0;
        int room = 0;
        for (NodeReport node : fleet) {
            List<NodeReport> others =
                    fleet.stream().filter(other -> !other.equals(node)).toList();
            Balance balance = balance(node, others);
            if (!node.draining()) {
                int next = balance.next(node.connections(), AT_ONCE);
                assertTrue(next == 0 || node.connections() - next >= balance.mean(), () -> node + " of " + fleet);
                moved += next;
                room += Math.max(0, (int) Math.ceil(Math.min(balance.mean(), node.limit())) - node.connections());
            }
        }
        assertTrue(moved <= room, moved + " moved into room for " + room + ": " + fleet);
    }

    private static Balance balance(NodeReport own, List<NodeReport> others) {
        return Balance.of(new Census(own, others));
    }

    private static NodeReport node(int connections) {
        return node(connections, LIMIT);
    }

    private static NodeReport node(int connections, int limit) {
        return new NodeReport("n", 1, "tidegate", "n", "se", connections, 0, limit, false, null);
    }
}
