package io.tidegate.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.Position;
import io.tidegate.protocol.Present;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.PresenceAnswer.Outcome;
import io.tidegate.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What {@link Relay} promises of presence, run by the test of each relay. */
abstract class PresenceContract extends RelayFixture {
    static final PresenceTimes TIMES = new PresenceTimes(10_000);
    static final Duration WATCH = Duration.ofMillis(TIMES.lease());

    /** A node that notes what it is told, in its order. */
    static final class Watcher implements Relay.Receiver {
        final List<String> told = new CopyOnWriteArrayList<>();
        final List<PresenceChange> changes = new CopyOnWriteArrayList<>();

        @Override
        public void receive(Topic topic, Segment segment) {
            segment.messages().forEach(message -> told.add(new Inbox.Arrival(topic, Position.NONE, message).text()));
        }

        @Override
        public void gap(Topic topic, Position position) {
            told.add("gap");
        }

        @Override
        public void presence(Topic topic, PresenceChange change) {
            changes.add(change);
            change.users().forEach(present -> told.add(text(present)));
        }

        @Override
        public void attached(Topic topic, boolean watched) {
            told.add(watched ? "watched" : "not watched");
        }

        void awaitLast(String last) {
            Await.until(
                    () -> last + " is told after " + told,
                    LIMIT,
                    () -> !told.isEmpty() && told.getLast().equals(last));
        }
    }

    private final Watcher one = new Watcher();
    private final Watcher other = new Watcher();

    private static String text(Present present) {
        return present.user().orElse("nobody") + " " + (present.isGone() ? "gone" : present.connections());
    }

    private static final AtomicLong REPORTS = new AtomicLong();

    static PresenceReport report(String node, boolean whole, Duration watch, String... users) {
        List<PresenceReport.Count> counts = new ArrayList<>();
        for (String user : users) {
            String[] words = user.split(" ", -1);
            Optional<String> name = words[0].equals("nobody") ? Optional.empty() : Optional.of(words[0]);
            counts.add(new PresenceReport.Count(name, Integer.parseInt(words[1]), 0));
        }
        return new PresenceReport(node, REPORTS.incrementAndGet(), whole, watch, false, counts);
    }

    private static PresenceReport all(String node, String... users) {
        return report(node, true, WATCH, users);
    }

    private static PresenceReport some(String node, String... users) {
        return report(node, false, WATCH, users);
    }

    private static Map<String, Integer> list(Relay relay) {
        Map<String, Integer> users = new TreeMap<>();
        value(relay.presence(TOPIC, PresenceReport.question()))
                .list()
                .orElseThrow()
                .forEach(present -> users.put(present.user().orElse("nobody"), present.connections()));
        return users;
    }

    /** Time passes while a node says each second that it is there. */
    private void pass(int seconds, Relay relay, String node) {
        for (int i = 0; i < seconds; i++) {
            nodes().pass(Duration.ofSeconds(1));
            value(relay.presence(TOPIC, some(node)));
        }
    }

    /** It was sent before Redis stood still, on a connection that was given up meanwhile. */
    @Test
    void aReportThatComesAfterALaterOneChangesNothing() {
        Relay a = node(one);
        done(a.subscribe(TOPIC));
        value(a.presence(TOPIC, all("a", "ann 1")));
        PresenceReport late = some("a", "ann 0", "ben 1");
        PresenceReport lateAndWhole = all("a", "ben 1");
        value(a.presence(TOPIC, all("a", "ann 2")));
        assertEquals(Outcome.TAKEN, value(a.presence(TOPIC, late)).outcome());
        assertEquals(Map.of("ann", 2), list(a));
        value(a.presence(TOPIC, lateAndWhole));
        assertEquals(Map.of("ann", 2), list(a));
        value(a.presence(TOPIC, some("a", "ann 1")));
        assertEquals(Map.of("ann", 1), list(a));
    }

    @Test
    void whoWatchesIsToldWhoIsThereOnEveryNodeAndThenWhoComesAndGoes() {
        Relay a = node(one);
        Relay b = node(other);
        done(a.subscribe(TOPIC));
        done(b.subscribe(TOPIC));
        assertEquals(List.of("not watched"), other.told);

        PresenceAnswer begun = value(a.presence(TOPIC, all("a", "ann 1", "nobody 2")));
        assertEquals(Outcome.TAKEN, begun.outcome());
        assertFalse(begun.settled(), "b has not said whom it has");
        Await.until("b hears that somebody watches", LIMIT, () -> other.changes.size() == 1);

        PresenceAnswer second = value(b.presence(TOPIC, report("b", true, Duration.ZERO, "bob 1")));
        assertTrue(second.settled());
        assertEquals(begun.version().plus(1), second.version());
        one.awaitLast("bob 1");
        assertTrue(one.changes.getLast().settled());
        assertEquals(Map.of("ann", 1, "bob", 1, "nobody", 2), list(b));

        value(b.presence(TOPIC, some("b", "cleo 1")));
        one.awaitLast("cleo 1");
        other.awaitLast("cleo 1");
        value(b.presence(TOPIC, some("b", "cleo 0")));
        one.awaitLast("cleo 0");
        for (int i = 0; i < 11; i++) {
            nodes().pass(Duration.ofSeconds(1));
            value(a.presence(TOPIC, some("a")));
            value(b.presence(TOPIC, some("b")));
        }
        one.awaitLast("cleo gone");
        assertEquals(Map.of("ann", 1, "bob", 1, "nobody", 2), list(a));
    }

    @Test
    void aUserWithConnectionsOnTwoNodesIsOneUserAndWhoMovesDoesNotLeave() {
        Relay a = node(one);
        Relay b = node(other);
        done(a.subscribe(TOPIC));
        value(a.presence(TOPIC, all("a", "ann 1")));
        value(b.presence(TOPIC, all("b", "ann 1")));
        one.awaitLast("ann 2");
        value(a.presence(TOPIC, all("a")));
        one.awaitLast("ann 1");
        // a is gone for good.
        pass(30, b, "b");
        assertEquals(Map.of("ann", 1), list(b));
        assertFalse(one.told.contains("ann gone"), one.told::toString);
    }

    @Test
    void whoComesBackWithinTheLingerHasNotLeft() {
        Relay a = node(one);
        done(a.subscribe(TOPIC));
        long since = since(a, all("a", "ann 1"));
        value(a.presence(TOPIC, some("a", "ann 0")));
        pass(9, a, "a");
        assertEquals(Map.of("ann", 0), list(a));
        assertEquals(since, since(a, some("a", "ann 1")));
        pass(30, a, "a");
        one.awaitLast("ann 1");
        value(a.presence(TOPIC, some("a", "ann 0")));
        pass(11, a, "a");
        one.awaitLast("ann gone");
        assertEquals(Map.of(), list(a));
    }

    private static long since(Relay relay, PresenceReport report) {
        value(relay.presence(TOPIC, report));
        return value(relay.presence(TOPIC, PresenceReport.question()))
                .list()
                .orElseThrow()
                .getFirst()
                .since();
    }

    @Test
    void theUsersOfANodeThatIsSilentLeaveAfterTheLingerButForThoseWhoCameBackElsewhere() {
        Relay a = node(one);
        Relay b = node(other);
        done(b.subscribe(TOPIC));
        value(b.presence(TOPIC, all("b", "bob 1")));
        value(a.presence(TOPIC, all("a", "ann 1", "cleo 3")));
        pass(9, b, "b");
        assertEquals(Map.of("ann", 1, "bob", 1, "cleo", 3), list(b));
        value(b.presence(TOPIC, some("b", "cleo 1")));
        pass(4, b, "b");
        assertEquals(Map.of("bob", 1, "cleo", 1), list(b));
        assertTrue(other.told.contains("ann gone"), other.told::toString);
        assertFalse(other.told.contains("cleo gone"), other.told::toString);

        assertEquals(
                Outcome.UNKNOWN, value(a.presence(TOPIC, some("a", "ann 1"))).outcome());
        assertEquals(Outcome.TAKEN, value(a.presence(TOPIC, all("a", "ann 1"))).outcome());
        assertEquals(Map.of("ann", 1, "bob", 1, "cleo", 1), list(b));
    }

    @Test
    void whoHasJustLeftAnotherNodeDoesNotEndWithTheSilentOne() {
        Relay a = node(one);
        Relay b = node(other);
        done(b.subscribe(TOPIC));
        value(a.presence(TOPIC, all("a", "ann 1")));
        value(b.presence(TOPIC, all("b", "ann 1")));
        pass(9, b, "b");
        value(b.presence(TOPIC, some("b", "ann 0")));
        pass(9, b, "b");
        assertEquals(Map.of("ann", 0), list(b), "a is forgotten, and ann may come back");
        pass(2, b, "b");
        assertEquals(Map.of(), list(b));
    }

    @Test
    void aReportThatIsMadeTwiceChangesNothing() {
        Relay a = node(one);
        done(a.subscribe(TOPIC));
        value(a.presence(TOPIC, all("a", "ann 2")));
        Position version = value(a.presence(TOPIC, all("a", "ann 2"))).version();
        assertEquals(version, value(a.presence(TOPIC, some("a", "ann 2"))).version());
        assertEquals(Map.of("ann", 2), list(a));
    }

    @Test
    void joinsAndLeavesComeInTheirOrderWithTheMessages() {
        Relay a = node(one);
        done(a.subscribe(TOPIC));
        value(a.publish(TOPIC, Inbox.text("first"), Optional.empty()));
        value(a.presence(TOPIC, all("a", "ann 1")));
        value(a.publish(TOPIC, Inbox.text("second"), Optional.empty()));
        value(a.pass(TOPIC, Inbox.text("third")));
        value(a.presence(TOPIC, some("a", "ann 2")));
        one.awaitLast("ann 2");
        assertEquals(List.of("not watched", "first", "ann 1", "second", "third", "ann 2"), one.told);
    }

    @Test
    void aNodeThatComesToATopicHearsWhetherSomebodyWatches() {
        Relay a = node(one);
        Relay b = node(other);
        value(a.presence(TOPIC, all("a", "ann 1")));
        done(b.subscribe(TOPIC));
        assertEquals(List.of("watched"), other.told);
    }

    @Test
    void nobodyReportsWhileNobodyWatches() {
        Relay a = node(one);
        assertEquals(
                Outcome.UNWATCHED,
                value(a.presence(TOPIC, report("a", true, Duration.ZERO, "ann 1")))
                        .outcome());
        value(a.presence(TOPIC, PresenceReport.question()));
        assertEquals(
                Outcome.TAKEN,
                value(a.presence(TOPIC, report("a", true, Duration.ZERO, "ann 1")))
                        .outcome());
        for (int i = 0; i < 31; i++) {
            nodes().pass(Duration.ofSeconds(1));
            value(a.presence(TOPIC, report("a", false, Duration.ZERO)));
        }
        assertEquals(
                Outcome.UNWATCHED,
                value(a.presence(TOPIC, report("a", false, Duration.ZERO))).outcome());
    }

    @Test
    void tenThousandUsersAreOneReportAndOneList() {
        Relay a = node(one);
        done(a.subscribe(TOPIC));
        String[] users = new String[10_000];
        for (int i = 0; i < users.length; i++) {
            users[i] = "user-" + i + " 1";
        }
        value(a.presence(TOPIC, all("a", users)));
        assertEquals(10_000, list(a).size());
        one.awaitLast("user-9999 1");
        assertEquals(10_001, one.told.size());
    }
}
