package io.tidegate.check;

import static io.tidegate.check.Defect.Kind.DUPLICATED;
import static io.tidegate.check.Defect.Kind.LOST;
import static io.tidegate.check.Defect.Kind.REORDERED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is judged while a run lasts is judged as strictly as what is judged at its end. */
class ForgettingTest {
    private static final int MANY = 20_000;
    private static final int FEW = 5_000;

    private final Journal journal = new Journal();
    private final Journal.Observer ann = journal.observe("ann", "tea", true);
    private final Journal.Observer ben = journal.observe("ben", "tea", true);

    @Test
    void whatEverybodyHasIsForgotten() {
        run(number -> receive(ben, number));
        assertForgotten();
        assertDefects();
        assertEquals(MANY, journal.published());
        assertEquals(2 * MANY, journal.received());
    }

    @Test
    void nothingIsForgottenThatSomebodyHasNotGot() {
        run(number -> {});
        assertEquals(2 * MANY, journal.kept());
        IntStream.range(0, MANY).forEach(number -> receive(ben, number));
        assertTrue(journal.kept() < MANY, () -> journal.kept() + " entries are kept");
        assertDefects();
    }

    @Test
    void aLossInTheMiddleIsFound() {
        run(number -> {
            if (number != MANY / 2) {
                receive(ben, number);
            }
        });
        assertForgotten();
        assertDefects(LOST);
        assertTrue(report().defects().getFirst().what().contains("0:" + MANY / 2 + " never came to ben"));
    }

    @Test
    void aGapThatWasToldInTheMiddleIsNoLoss() {
        run(number -> {
            if (number == MANY / 2) {
                ben.gap();
            } else {
                receive(ben, number);
            }
        });
        assertForgotten();
        assertDefects();
    }

    @Test
    void aDuplicateOfAForgottenMessageIsFound() {
        run(number -> receive(ben, number));
        receive(ben, 17);
        assertDefects(DUPLICATED);
    }

    @Test
    void aDuplicateThatFollowsAtOnceIsFound() {
        run(number -> {
            receive(ben, number);
            if (number == MANY / 2) {
                receive(ben, number);
            }
        });
        assertForgotten();
        assertDefects(DUPLICATED);
    }

    @Test
    void whatComesTwiceToAllIsFoundAtEach() {
        run(number -> {
            receive(ben, number);
            if (number % FEW == 1) {
                receive(ann, number - 1);
                receive(ben, number - 1);
            }
        });
        assertForgotten();
        assertEquals(2L * MANY / FEW, report().count(DUPLICATED));
    }

    @Test
    void anotherOrderInTheMiddleIsFound() {
        journal.publishing("tea", new Payload(1, 1));
        journal.acknowledged("tea", new Payload(1, 1), "other");
        run(number -> {
            if (number == FEW) {
                ann.received("other", new Payload(1, 1));
                ben.received("other", new Payload(1, 1));
            }
            receive(ben, number);
        });
        assertForgotten();
        assertDefects(REORDERED);
    }

    @Test
    void aPositionOfAForgottenMessageIsNoOtherMessages() {
        run(number -> receive(ben, number));
        journal.publishing("tea", new Payload(1, 1));
        ann.received("p17", new Payload(1, 1));
        ben.received("p17", new Payload(1, 1));
        assertTrue(report().count(REORDERED) > 0, report().text());
    }

    @Test
    void aMessageThatComesLongBehindALaterOneIsFound() {
        journal.publishing("tea", new Payload(0, MANY));
        journal.acknowledged("tea", new Payload(0, MANY), "p" + MANY);
        run(number -> receive(ben, number));
        receive(ann, MANY);
        receive(ben, MANY);
        assertForgotten();
        assertDefects(REORDERED);
    }

    @Test
    void whoComesLateIsToHaveAllFromItsFirstMessage() {
        Journal.Observer late = journal.join("late", "tea");
        run(number -> {
            receive(ben, number);
            if (number >= FEW && number != MANY / 2) {
                receive(late, number);
            }
        });
        assertForgotten();
        assertDefects(LOST);
    }

    @Test
    void whoListensIsToHaveItsFirstMessageToo() {
        Journal.Observer late = journal.join("late", "tea");
        run(number -> {
            receive(ben, number);
            if (number == FEW) {
                late.listens();
            } else if (number > FEW + 1) {
                receive(late, number);
            }
        });
        assertForgotten();
        assertDefects(LOST);
    }

    @Test
    void whoLeavesHoldsUpNothingAndMissesNothing() {
        Journal.Observer guest = journal.observe("guest", "tea", false);
        run(number -> {
            receive(ben, number);
            if (number < FEW) {
                receive(guest, number);
            } else {
                guest.end();
            }
        });
        assertForgotten();
        assertDefects();
        assertEquals(2, journal.behind(7));
        assertEquals(0, journal.behind(0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theVerdictIsTheSameWheneverItIsMade(long seed) {
        for (int run = 0; run < 20; run++) {
            Set<Defect.Kind> late = history(new Journal(Integer.MAX_VALUE), new Random(seed * 1_000 + run));
            Set<Defect.Kind> early = history(new Journal(3), new Random(seed * 1_000 + run));
            assertEquals(late, early, "run " + run);
        }
    }

    /** Three observers, one of them late, and at most one thing that goes wrong. */
    private static Set<Defect.Kind> history(Journal journal, Random random) {
        int count = 60;
        List<Journal.Observer> observers = List.of(
                journal.observe("ann", "tea", true), journal.observe("ben", "tea", true), journal.join("cat", "tea"));
        List<List<Integer>> sequences = new ArrayList<>();
        for (int i = 0; i < observers.size(); i++) {
            sequences.add(new ArrayList<>(
                    IntStream.range(i == 2 ? 20 : 0, count).boxed().toList()));
        }
        List<Integer> victim = sequences.get(random.nextInt(sequences.size()));
        int at = random.nextInt(1, victim.size() - 2);
        switch (random.nextInt(4)) {
            case 0 -> victim.remove(at);
            case 1 -> victim.add(random.nextInt(at, victim.size()), victim.get(at));
            case 2 -> Collections.swap(victim, at, at + 1);
            default -> {}
        }
        int published = 0;
        int[] next = new int[observers.size()];
        while (IntStream.range(0, next.length)
                .anyMatch(i -> next[i] < sequences.get(i).size())) {
            int who = random.nextInt(observers.size() + 1);
            if (who == observers.size() && published < count) {
                journal.publishing("tea", new Payload(published % 2, published));
                journal.acknowledged("tea", new Payload(published % 2, published), "p" + published);
                published++;
            } else if (who < observers.size() && next[who] < sequences.get(who).size()) {
                int number = sequences.get(who).get(next[who]);
                if (number < published) {
                    observers.get(who).received("p" + number, new Payload(number % 2, number));
                    next[who]++;
                }
            }
        }
        Set<Defect.Kind> kinds = EnumSet.noneOf(Defect.Kind.class);
        Checker.check(journal, false).defects().forEach(defect -> kinds.add(defect.kind()));
        return kinds;
    }

    /** Ann gets everything, and after each of her messages it is the others' turn. */
    private void run(IntConsumer others) {
        for (int number = 0; number < MANY; number++) {
            journal.publishing("tea", new Payload(0, number));
            journal.acknowledged("tea", new Payload(0, number), "p" + number);
            receive(ann, number);
            others.accept(number);
        }
    }

    private static void receive(Journal.Observer observer, int number) {
        observer.received("p" + number, new Payload(0, number));
    }

    private Report report() {
        return Checker.check(journal, false);
    }

    private void assertForgotten() {
        assertTrue(journal.kept() < FEW, () -> journal.kept() + " entries are kept");
    }

    private void assertDefects(Defect.Kind... expected) {
        assertEquals(
                List.of(expected),
                report().defects().stream().map(Defect::kind).sorted().toList(),
                () -> report().text());
    }
}
