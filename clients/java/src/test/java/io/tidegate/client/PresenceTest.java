package io.tidegate.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PresenceTest {
    private static final Duration MOMENT = Duration.ofMillis(10);
    private static final Duration LATER = Duration.ofSeconds(5);

    private final ClientFixture it = new ClientFixture();
    private final List<String> told = new ArrayList<>();

    /** Writes down {@code +ann}, {@code -ann}, and {@code =ann,ben} for a whole list; nobody's name is empty. */
    private final class Log implements PresenceListener {
        @Override
        public void listed(Map<Optional<String>, Present> users) {
            told.add("=" + names(users));
        }

        @Override
        public void joined(Optional<String> user) {
            told.add("+" + user.orElse(""));
        }

        @Override
        public void left(Optional<String> user) {
            told.add("-" + user.orElse(""));
        }
    }

    private static String names(Map<Optional<String>, Present> users) {
        return users.keySet().stream().map(user -> user.orElse("")).sorted().collect(Collectors.joining(","));
    }

    private Subscription subscribe() {
        return it.client.subscribe("tea", From.now(), it.listener(), new Log());
    }

    /** A page of a list, with one connection each since the moment 5; an empty name is {@code null}. */
    private static void page(Wire.Peer end, boolean more, String... users) {
        String entries = Stream.of(users)
                .map(user -> "{\"user\":" + json(user) + ",\"connections\":1,\"since\":5}")
                .collect(Collectors.joining(","));
        end.say("{\"type\":\"presence\",\"topic\":\"tea\",\"users\":[" + entries + "],\"more\":" + more + "}");
    }

    private static void comesOrGoes(Wire.Peer end, String type, String user) {
        end.say("{\"type\":\"" + type + "\",\"topic\":\"tea\",\"user\":" + json(user) + "}");
    }

    private static String json(String user) {
        return user.isEmpty() ? "null" : "\"" + user + "\"";
    }

    private Wire.Peer begin(String... users) {
        Wire.Peer end = it.wire.last().welcome();
        page(end, false, users);
        end.subscribed("tea", "0", true);
        return end;
    }

    /** The node leaves, and the client has opened a second connection. */
    private Wire.Peer handOver(Wire.Peer first) {
        first.shutdown(0);
        it.advance(MOMENT);
        return it.wire.last().welcome();
    }

    private Wire.Peer reconnect(Wire.Peer end) {
        end.fail("reset");
        it.advance(Duration.ofSeconds(1));
        return it.wire.last();
    }

    @Test
    void theListComesFirstAndThenWhoComesAndWhoGoes() {
        Subscription subscription = subscribe();
        Wire.Peer end = it.wire.last().welcome();
        assertEquals("{\"type\":\"subscribe\",\"topic\":\"tea\",\"presence\":true}", end.sent.getLast());
        page(end, true, "ann", "");
        page(end, false, "ben");
        assertEquals(Map.of(), subscription.users());
        end.subscribed("tea", "0", true);
        Present ann = new Present(Optional.of("ann"), 1, Instant.ofEpochMilli(5));
        assertEquals(ann, subscription.users().get(ann.user()));
        comesOrGoes(end, "join", "cleo");
        comesOrGoes(end, "leave", "");
        end.say(
                "{\"type\":\"presence\",\"topic\":\"tea\",\"joined\":[\"dora\",\"ann\",null],\"left\":[\"ben\",\"eve\"]}");
        assertEquals(List.of("=,ann,ben", "+cleo", "-", "-ben", "+dora", "+"), told);
        assertEquals(",ann,cleo,dora", names(subscription.users()));
        Present cleo = Objects.requireNonNull(subscription.users().get(Optional.of("cleo")));
        assertEquals(1, cleo.connections());
        assertThrows(
                UnsupportedOperationException.class, () -> subscription.users().clear());
    }

    @Test
    void whoComesOrGoesBetweenTwoPagesIsNewerThanThePagesThatFollow() {
        subscribe();
        Wire.Peer end = it.wire.last().welcome();
        page(end, true, "ann");
        end.subscribed("tea", "0", true);
        comesOrGoes(end, "leave", "ann");
        comesOrGoes(end, "leave", "ben");
        comesOrGoes(end, "join", "cleo");
        assertEquals(List.of(), told);
        page(end, false, "ben", "dora");
        assertEquals(List.of("=cleo,dora"), told);
    }

    @Test
    void afterALostConnectionOnlyWhatDiffersIsTold() {
        Subscription subscription = subscribe();
        Wire.Peer end = begin("ann", "ben");
        it.advance(MOMENT);
        comesOrGoes(end, "join", "cleo");
        for (int i = 0; i < 5; i++) {
            it.advance(Duration.ofSeconds(1));
            end.alive();
        }
        Wire.Peer cutOff = reconnect(end).welcome();
        page(cutOff, true, "gone");
        Wire.Peer back = reconnect(cutOff).welcome();
        assertEquals("ann,ben,cleo", names(subscription.users()));
        page(back, false, "ann", "cleo", "dora");
        back.subscribed("tea", "0", true);
        assertEquals(List.of("=ann,ben", "+cleo", "-ben", "+dora", "=ann,cleo,dora"), told);
    }

    @Test
    void inAHandOverTheFirstConnectionTellsAndTheListOfTheSecondWaitsUntilItServes() {
        subscribe();
        it.client.subscribe("mate", message -> {});
        Wire.Peer first = begin("ann", "ben");
        first.subscribed("mate", "0", true);
        for (int i = 0; i < 5; i++) {
            it.advance(Duration.ofSeconds(1));
            first.alive();
        }
        Wire.Peer second = handOver(first);
        page(second, false, "ann", "dora");
        second.subscribed("tea", "0", true);
        comesOrGoes(second, "join", "eve");
        comesOrGoes(first, "join", "cleo");
        comesOrGoes(second, "join", "cleo");
        assertEquals(List.of("=ann,ben", "+cleo"), told);
        second.subscribed("mate", "0", true);
        assertEquals(Optional.of(1000), first.closed);
        assertEquals(List.of("=ann,ben", "+cleo", "-ben"), told.subList(0, 3));
        assertEquals("=ann,cleo,dora,eve", told.getLast());
        assertEquals(6, told.size());
        comesOrGoes(second, "leave", "ann");
        assertEquals("-ann", told.getLast());
    }

    @Test
    void nothingIsTakenBackAndToldAgainByANodeThatHearsOfItLater() {
        subscribe();
        Wire.Peer first = begin("ann", "ben");
        for (int i = 0; i < 5; i++) {
            it.advance(Duration.ofSeconds(1));
            first.alive();
        }
        comesOrGoes(first, "join", "cleo");
        comesOrGoes(first, "leave", "ben");
        Wire.Peer second = handOver(first);
        page(second, false, "ann", "ben");
        second.subscribed("tea", "0", true);
        it.advance(MOMENT);
        comesOrGoes(second, "join", "cleo");
        comesOrGoes(second, "leave", "ben");
        it.advance(LATER);
        assertEquals(List.of("=ann,ben", "+cleo", "-ben", "=ann,cleo"), told);
    }

    @Test
    void whatIsStillContradictedAfterTwoSecondsIsPutRight() {
        Subscription subscription = subscribe();
        Wire.Peer first = begin("ann");
        Wire.Peer second = handOver(first);
        page(second, false);
        second.subscribed("tea", "0", true);
        assertEquals("ann", names(subscription.users()));
        it.advance(Duration.ofMillis(1_900));
        second.alive();
        assertEquals(List.of("=ann", "=ann"), told);
        it.advance(Duration.ofMillis(200));
        assertEquals(List.of("=ann", "=ann", "-ann"), told);
    }

    @Test
    void withoutTheRightToSeeItTheTopicIsRefused() {
        Subscription subscription = subscribe();
        Wire.Peer end = it.wire.last().welcome();
        end.error("forbidden", "subscribe", "tea", "");
        assertEquals(List.of("refused: forbidden"), it.told);
        assertEquals(Subscription.State.REFUSED, subscription.state());
        assertEquals(List.of(), told);
    }

    @Test
    void aTopicHasPresenceFromItsFirstListenerOnOrNot() {
        Subscription first = subscribe();
        Wire.Peer end = begin("ann");
        subscribe();
        assertEquals(List.of("=ann", "=ann"), told);
        first.close();
        comesOrGoes(end, "join", "ben");
        assertEquals(List.of("=ann", "=ann", "+ben"), told);

        Subscription plain = it.client.subscribe("mate", it.listener());
        assertEquals(Map.of(), plain.users());
        IllegalStateException refused = assertThrows(
                IllegalStateException.class, () -> it.client.subscribe("mate", From.now(), it.listener(), new Log()));
        assertTrue(refused.toString().contains("mate already, without presence"), refused::toString);
    }

    @Test
    void aTopicThatIsSubscribedAnewIsToldNothingOfTheOldList() {
        Subscription old = subscribe();
        Wire.Peer end = begin("ann");
        old.close();
        Subscription again = subscribe();
        comesOrGoes(end, "join", "ben");
        page(end, true, "dora");
        end.say("{\"type\":\"unsubscribed\",\"topic\":\"tea\",\"position\":\"0\",\"recovered\":true}");
        page(end, false, "cleo");
        end.subscribed("tea", "0", true);
        assertEquals(List.of("=ann", "=cleo"), told);
        assertEquals("cleo", names(again.users()));
    }

    @Test
    void aListenerThatThrowsIsToldWhatFollows() {
        it.client.subscribe("tea", From.now(), it.listener(), new PresenceListener() {
            @Override
            public void joined(Optional<String> user) {
                told.add("+" + user.orElse(""));
                throw new IllegalStateException("of the application");
            }
        });
        Wire.Peer end = begin("ann");
        comesOrGoes(end, "join", "ben");
        comesOrGoes(end, "join", "cleo");
        end.message("tea", "1");
        assertEquals(List.of("+ben", "+cleo"), told);
        assertEquals(List.of("1"), it.told);
    }
}
