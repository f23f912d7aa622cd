package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Present;
import io.tidegate.relay.PresenceAnswer;
import io.tidegate.relay.PresenceAnswer.Outcome;
import io.tidegate.relay.PresenceReport;
import io.tidegate.relay.PresenceTimes;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What several write loops say of one topic, as one report of their node. */
class NodePresenceTest {
    private static final Optional<String> ANN = Optional.of("ann");
    private static final Optional<String> BEN = Optional.of("ben");
    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final int BOTH = 0b11;

    private final ManualClock clock = new ManualClock();
    private final Presences.Self self = new Presences.Self("pod-1:a", PresenceTimes.of(Duration.ofSeconds(10)), clock);
    private final NodePresence presence = new NodePresence(self, 2);
    private final List<String> answers = new ArrayList<>();

    @Test
    void nothingIsReportedBeforeEveryLoopHasSaidWhomItHas() {
        say(0, whole(count(ANN, 1, 500)));
        assertEquals(0b10, presence.silent(BOTH));
        assertEquals(0, presence.silent(0b01), "a loop that does not want the topic has nobody");
        say(1, whole(count(ANN, 2, 900), count(BEN, 1, 0)));
        assertEquals(0, presence.silent(BOTH));
        assertTrue(presence.isDue());
        assertEquals(
                new PresenceReport(
                        "pod-1:a", 7, true, Duration.ZERO, false, List.of(count(ANN, 3, 900), count(BEN, 1, 0))),
                presence.report(7));
        assertFalse(presence.isDue());
    }

    @Test
    void aChangeOfOneLoopIsReportedAsTheSumOfAll() {
        known();
        say(1, changes(count(ANN, 0, 0), count(BEN, 1, 300)));
        assertEquals(
                changes(count(ANN, 1, 0), count(BEN, 1, 300)).counts(),
                presence.report(2).counts());
    }

    @Test
    void whoHasLeftEveryLoopIsReportedOnce() {
        known();
        say(0, changes(count(ANN, 0, 0)));
        say(1, changes(count(ANN, 0, 0)));
        assertEquals(List.of(count(ANN, 0, 0)), presence.report(2).counts());
        presence.answered(taken(2, Optional.empty()));
        assertTrue(presence.isOver(0));
        assertFalse(presence.isOver(BOTH));
    }

    @Test
    void theReportOfANodeKeepsThePresenceForAsLongAsAnyLoopWatches() {
        known();
        say(0, changes());
        say(1, new PresenceReport("", 9, false, LEASE, true, List.of()));
        PresenceReport report = presence.report(2);
        assertEquals(LEASE, report.watch());
        assertTrue(report.list());
    }

    /** A loop that has not asked may know a later list. */
    @Test
    void theListIsForTheLoopThatHasAskedForIt() {
        known();
        say(0, changes());
        say(1, new PresenceReport("", 9, false, LEASE, true, List.of()));
        presence.report(2);
        answers.clear();
        presence.answered(taken(2, Optional.of(List.of())));
        assertEquals(List.of("0 TAKEN no list", "1 TAKEN list"), answers);
    }

    @Test
    void aLoopThatKnowsMoreThanThisIsAskedForAll() {
        say(0, changes(count(ANN, 1, 0)));
        assertEquals(List.of("0 UNKNOWN no list"), answers);
        assertFalse(presence.isDue());
    }

    @Test
    void whereNobodyWatchesItIsForgottenAndWhoReportsMeanwhileBeginsAgain() {
        known();
        say(0, changes());
        presence.report(2);
        say(1, changes(count(BEN, 1, 0)));
        answers.clear();
        presence.answered(new PresenceAnswer(Outcome.UNWATCHED, true, Position.NONE, Optional.empty()));
        assertEquals(List.of("0 UNWATCHED no list", "1 UNKNOWN no list"), answers);
        assertTrue(presence.isOver(BOTH));
    }

    @Test
    void whatMayBeLostIsSaidAgainWhole() {
        known();
        say(0, changes(count(BEN, 1, 0)));
        presence.report(2);
        presence.answered(null);
        say(1, changes());
        PresenceReport report = presence.report(3);
        assertTrue(report.whole());
        assertEquals(List.of(count(ANN, 2, 0), count(BEN, 1, 0)), report.counts());
    }

    /** Whatever is reported, lost, or has to be said again: in the end the relay has the sums of the loops. */
    @Property(tries = 300)
    void inTheEndTheRelayHasTheSums(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int loops) {
        Random random = new Random(seed);
        NodePresence node = new NodePresence(self, loops);
        List<Loop> all = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            all.add(new Loop(i, node));
        }
        Map<Optional<String>, Integer> relay = new HashMap<>();
        int of = (1 << loops) - 1;
        for (int number = 1; number <= 80; number++) {
            boolean last = number > 70;
            Loop loop = all.get(random.nextInt(loops));
            if (!last) {
                loop.change(Optional.of("u" + random.nextInt(4)), random.nextInt(3));
            }
            all.forEach(one -> one.say(last || random.nextBoolean()));
            if (node.isDue() && node.silent(of) == 0) {
                PresenceReport report = node.report(number);
                int fate = last ? 0 : random.nextInt(4);
                if (fate < 2) {
                    take(relay, report);
                }
                node.answered(
                        switch (fate) {
                            case 0 -> taken(number, Optional.empty());
                            case 3 -> new PresenceAnswer(Outcome.UNKNOWN, false, Position.NONE, Optional.empty());
                            default -> null;
                        });
            }
        }
        Map<Optional<String>, Integer> sums = new HashMap<>();
        all.forEach(loop -> loop.users.forEach((user, count) -> sums.merge(user, count, Integer::sum)));
        assertEquals(sums, relay);
    }

    private static void take(Map<Optional<String>, Integer> relay, PresenceReport report) {
        if (report.whole()) {
            relay.clear();
        }
        for (PresenceReport.Count count : report.counts()) {
            relay.put(count.user(), count.connections());
        }
        relay.values().removeIf(count -> count == 0);
    }

    /** A write loop, as {@link TopicPresence} reports. */
    private static final class Loop {
        private final int number;
        private final NodePresence node;
        private final Map<Optional<String>, Integer> users = new HashMap<>();
        private final Set<Optional<String>> changed = new LinkedHashSet<>();
        private boolean whole = true;
        private boolean reporting;

        Loop(int number, NodePresence node) {
            this.number = number;
            this.node = node;
        }

        void change(Optional<String> user, int connections) {
            users.put(user, connections);
            users.values().removeIf(count -> count == 0);
            changed.add(user);
        }

        void say(boolean now) {
            if (reporting || !now) {
                return;
            }
            List<PresenceReport.Count> counts = (whole ? users.keySet() : changed)
                    .stream()
                            .map(user -> count(user, users.getOrDefault(user, 0), 0))
                            .toList();
            boolean all = whole;
            changed.clear();
            whole = false;
            reporting = true;
            node.add(number, new PresenceReport("", 0, all, Duration.ZERO, false, counts), answer -> {
                reporting = false;
                whole |= answer == null || answer.outcome() == Outcome.UNKNOWN;
            });
        }
    }

    /** Both loops have one connection of Ann's, and the relay knows. */
    private void known() {
        say(0, whole(count(ANN, 1, 0)));
        say(1, whole(count(ANN, 1, 0)));
        presence.report(1);
        presence.answered(taken(1, Optional.empty()));
    }

    private void say(int loop, PresenceReport report) {
        presence.add(
                loop,
                report,
                answer -> answers.add(loop + " "
                        + (answer == null
                                ? "nothing"
                                : answer.outcome() + (answer.list().isPresent() ? " list" : " no list"))));
    }

    private static PresenceAnswer taken(long version, Optional<List<Present>> list) {
        return new PresenceAnswer(Outcome.TAKEN, true, new Position("e", version), list);
    }

    private static PresenceReport whole(PresenceReport.Count... counts) {
        return new PresenceReport("", 0, true, Duration.ZERO, false, List.of(counts));
    }

    private static PresenceReport changes(PresenceReport.Count... counts) {
        return new PresenceReport("", 0, false, Duration.ZERO, false, List.of(counts));
    }

    private static PresenceReport.Count count(Optional<String> user, int connections, long age) {
        return new PresenceReport.Count(user, connections, age);
    }
}
