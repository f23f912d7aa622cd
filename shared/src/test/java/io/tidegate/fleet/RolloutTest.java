package io.tidegate.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.fleet.NodeReport.Revision;
import io.tidegate.fleet.Rollout.Standing;
import io.tidegate.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule by itself; how a whole rollout goes is {@link RolloutSimulationTest}'s. */
class RolloutTest {
    private static final Settings.Rebalance SETTINGS = Settings.defaults().rebalance();
    private static final int ALL = Integer.MAX_VALUE;
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();

    @Test
    void anOldNodeTakesNoHandOverWhileANewOneHoldsLess() {
        assertEquals(new Standing(true, 0), of(old(40), old(40), young(0)));
        assertEquals(
                new Standing(true, 0), of(old(40), old(40), young(47)), "the tolerance above what an old one holds");
        assertEquals(new Standing(true, ALL), of(old(40), old(40), young(55)), "more than its part");
        assertEquals(new Standing(true, ALL), of(old(40), old(40), limited(young(7), 7)), "it is full");
        assertEquals(
                new Standing(true, 0),
                of(old(40), young(45), limited(young(1), 1)),
                "what an old one holds is a part, whatever the mean");
        assertEquals(new Standing(true, ALL), of(old(0), young(0)), "nobody is there");
    }

    @Test
    void whoIsAboutToLeaveANodeThatDrainsCounts() {
        assertEquals(new Standing(true, 0), of(old(40), draining(old(40)), young(61)));
        assertEquals(new Standing(true, ALL), of(old(40), young(61)), "they have come");
        assertEquals(new Standing(true, 0), of(old(40), old(40), old(40), young(47), young(0)));
    }

    @Test
    void whoHasLeftANodeThatDrainsCountsWhereItIs() {
        NodeReport left = new NodeReport("n", 1, "f", "n", "se", 40, 40, 1_000, true, new Revision("old", DAY, false));
        assertEquals(new Standing(true, ALL), of(old(40), left, young(61)));
    }

    @Test
    void newNodesTakeNoHandOverAboveTheirPartWhileAnotherHoldsLess() {
        assertEquals(new Standing(true, 41), of(young(60), old(40), old(40), young(21)));
        assertEquals(new Standing(true, ALL), of(young(60), old(40), old(40), young(60)));
        assertEquals(new Standing(true, ALL), of(young(60), old(40), old(1)), "an old one is no better place");
        assertEquals(new Standing(true, 50), of(young(60), draining(old(0)), young(40)), "the last old one drains");
    }

    @Test
    void withoutARevisionOnEitherSideNothingChanges() {
        assertEquals(Standing.NONE, of(with(old(40), null), young(0)));
        assertEquals(Standing.NONE, of(old(40), with(young(0), null)));
        assertEquals(Standing.NONE, of(young(40), with(old(0), null), young(0)));
    }

    @Test
    void withinOneRevisionNothingChanges() {
        assertEquals(Standing.NONE, of(young(40), young(0)));
        assertEquals(Standing.NONE, of(old(40), draining(old(40))));
    }

    @Test
    void anOldNodeThatWasRestartedIsNotNew() {
        Rollout rollout = new Rollout("old", 0);
        NodeReport other = with(old(40), new Revision("old", DAY, false));
        rollout.hear(other, null, 10);
        rollout.hear(young(0), null, 20);
        NodeReport self = with(old(0), rollout.revision(30));
        assertEquals(new Revision("old", DAY + 20, false), self.revision());
        assertEquals(new Standing(true, 0), rollout.standing(self, List.of(other, young(0)), SETTINGS, 30));
    }

    @Test
    void whereTheLastOldNodeWasRestartedTheNewOnesRememberItsRevision() {
        Rollout rollout = new Rollout("new", 0);
        rollout.hear(old(40), null, 10);
        NodeReport restarted = with(old(0), new Revision("old", 0, false));
        rollout.hear(restarted, null, MINUTE);
        NodeReport self = with(young(40), rollout.revision(MINUTE));
        NodeReport lacking = with(young(0), rollout.revision(MINUTE));
        assertEquals(new Standing(true, 14), rollout.standing(self, List.of(restarted, lacking), SETTINGS, MINUTE));
    }

    @Test
    void anOldNodeThatAnAutoscalerAddsIsNotNew() {
        assertEquals(new Standing(true, 0), of(with(old(0), new Revision("old", 0, false)), old(40), young(0)));
    }

    @Test
    void theRevisionThatLeavesIsNotNewWhoeverCameFirst() {
        NodeReport undone = with(young(40), new Revision("new", MINUTE, true));
        assertEquals(new Standing(true, 0), of(undone, old(0)), "a rollout that is undone");
        assertEquals(new Standing(true, ALL), of(old(0), undone));
        assertEquals(
                new Standing(true, 0),
                of(with(old(40), new Revision("old", DAY, true)), undone, with(young(0), undone.revision())),
                "both leave: the first node decides");
    }

    @Test
    void aRevisionLeavesFromADrainToTheNextStart() {
        Rollout rollout = new Rollout("new", 0);
        NodeReport first = named("1", young(40));
        rollout.hear(first, null, 10);
        rollout.hear(draining(first), first, 20);
        assertEquals(true, leaves(rollout, 20));
        rollout.hear(draining(first), draining(first), 30);
        assertEquals(true, leaves(rollout, 30));
        rollout.hear(old(0), null, 40);
        assertEquals(true, leaves(rollout, 40), "of another revision");
        rollout.hear(named("2", young(0)), null, 50);
        assertEquals(false, leaves(rollout, 50));
        rollout.hear(draining(named("3", young(0))), null, 60);
        assertEquals(false, leaves(rollout, 60), "it has begun before this node listened");
    }

    @Test
    void ofThreeRevisionsTheYoungestIsNew() {
        NodeReport middle = with(young(40), new Revision("middle", 10 * MINUTE, false));
        assertEquals(new Standing(true, 0), of(middle, old(40), young(0)));
        assertEquals(new Standing(true, ALL), of(middle, old(0), young(60)));
    }

    @Test
    void whereNobodyHasStartedOrDrainedForTenMinutesNothingIsUnderWay() {
        Rollout rollout = new Rollout("old", 0);
        NodeReport other = young(0);
        rollout.hear(other, null, MINUTE);
        rollout.hear(other, other, 10 * MINUTE);
        assertTrue(
                rollout.standing(old(40), List.of(other), SETTINGS, 11 * MINUTE).underWay());
        assertEquals(Standing.NONE, rollout.standing(old(40), List.of(other), SETTINGS, 11 * MINUTE + 1));
        rollout.hear(draining(other), other, 12 * MINUTE);
        assertTrue(rollout.standing(old(40), List.of(draining(other), young(1)), SETTINGS, 13 * MINUTE)
                .underWay());
        rollout.drains(23 * MINUTE);
        assertTrue(
                rollout.standing(old(40), List.of(other), SETTINGS, 24 * MINUTE).underWay());
    }

    @Test
    void whoDrainsItselfStandsNowhere() {
        assertEquals(Standing.NONE, of(draining(old(40)), young(0)));
    }

    @Test
    void whatIsRememberedIsBounded() {
        assertEquals(new Standing(true, 0), afterManyRevisions("r0"), "it is known to be older");
        assertEquals(new Standing(true, ALL), afterManyRevisions("r99"), "it has been forgotten, and seems young");
    }

    /** After a hundred revisions, this one reports age 0 and has no room; another revision is older and has room. */
    private static Standing afterManyRevisions(String again) {
        Rollout rollout = new Rollout("old", 0);
        for (int i = 0; i < 100; i++) {
            rollout.hear(with(young(0), new Revision("r" + i, 1_000, false)), null, i);
        }
        NodeReport begins = limited(with(young(1), new Revision(again, 0, false)), 1);
        NodeReport other = with(young(0), new Revision("other", 500, false));
        return rollout.standing(old(40), List.of(begins, other), SETTINGS, 100);
    }

    /** Whatever the fleet: where one node sends a hand-over elsewhere, another takes it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aHandOverIsAlwaysTakenSomewhere(long seed) {
        Random random = new Random(seed);
        int refusals = 0;
        for (int run = 0; run < 2_000; run++) {
            List<NodeReport> fleet = new ArrayList<>();
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
                NodeReport node = random.nextBoolean() ? old(random.nextInt(60)) : young(random.nextInt(60));
                node = random.nextInt(4) == 0 ? draining(node) : node;
                node = random.nextInt(8) == 0 ? with(node, null) : node;
                fleet.add(random.nextInt(4) == 0 ? limited(node, 1 + random.nextInt(60)) : node);
            }
            int taking = 0;
            int refusing = 0;
            for (NodeReport self : fleet) {
                List<NodeReport> others = new ArrayList<>(fleet);
                others.remove(self);
                if (!self.draining() && self.connections() < self.limit()) {
                    boolean takes = self.connections() < of(self, others).handOvers();
                    taking += takes ? 1 : 0;
                    refusing += takes ? 0 : 1;
                }
            }
            assertTrue(refusing == 0 || taking > 0, () -> "nobody takes it: " + fleet);
            refusals += refusing;
        }
        assertTrue(refusals > 500, "the rule was at work");
    }

    private static boolean leaves(Rollout rollout, long now) {
        return Objects.requireNonNull(rollout.revision(now)).leaving();
    }

    private static Standing of(NodeReport self, NodeReport... others) {
        return of(self, List.of(others));
    }

    private static Standing of(NodeReport self, List<NodeReport> others) {
        Revision revision = self.revision();
        Rollout rollout = new Rollout(revision == null ? null : revision.name(), 0);
        return rollout.standing(self, others, SETTINGS, 0);
    }

    private static NodeReport old(int connections) {
        return node("n", connections, 1_000, false, new Revision("old", DAY, false));
    }

    private static NodeReport young(int connections) {
        return node("n", connections, 1_000, false, new Revision("new", MINUTE, false));
    }

    private static NodeReport named(String instance, NodeReport node) {
        return node(instance, node.connections(), node.limit(), node.draining(), node.revision());
    }

    private static NodeReport draining(NodeReport node) {
        return node(node.instance(), node.connections(), node.limit(), true, node.revision());
    }

    private static NodeReport limited(NodeReport node, int limit) {
        return node(node.instance(), node.connections(), limit, node.draining(), node.revision());
    }

    private static NodeReport with(NodeReport node, @Nullable Revision revision) {
        return node(node.instance(), node.connections(), node.limit(), node.draining(), revision);
    }

    private static NodeReport node(
            String instance, int connections, int limit, boolean draining, @Nullable Revision revision) {
        return new NodeReport(instance, 1, "f", "n", "se", connections, 0, limit, draining, revision);
    }
}
