package io.tidegate.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.owner.InlineOwners;
import io.tidegate.protocol.Topic;
import io.tidegate.relay.MemoryBus;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import io.tidegate.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client is shown of who is in a topic, on two nodes that time passes for as a test says. */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
class PresenceTest {
    private static final Pattern USER = Pattern.compile("\"user\":(null|\"[^\"]*\"),\"connections\":([0-9]+)");

    private final ManualClock clock = new ManualClock();
    private final MemoryBus bus = new MemoryBus(settings("any", 1), new InlineOwners(() -> {}), clock);
    private final HubFixture east;
    private final HubFixture west;

    PresenceTest(int loops) {
        east = new HubFixture(settings("east", loops), clock, bus);
        west = new HubFixture(settings("west", loops), clock, bus);
    }

    private static Settings settings(String node, int loops) {
        return SettingsReader.read(
                Map.of("tidegate.node", node, "tidegate.limits.connections", "30000", "tidegate.loops", "" + loops),
                Map.of());
    }

    @AfterEach
    void close() {
        east.close();
        west.close();
    }

    private static Client come(HubFixture node, String user, boolean presence) throws InterruptedException {
        Client client = node.connectAs(user);
        client.says("{\"type\":\"subscribe\",\"topic\":\"tea\",\"presence\":" + presence + "}");
        return client;
    }

    private static void go(Client client) {
        client.connection().ended();
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds * 20; i++) {
            clock.advance(Duration.ofMillis(50));
            east.hub.tick();
            west.hub.tick();
        }
    }

    /** What a client was told of the topic, short. */
    private static List<String> told(Client client) {
        return client.transport().texts().stream()
                .map(PresenceTest::shortened)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static String shortened(String frame) {
        if (frame.startsWith("{\"type\":\"presence\"") && frame.contains("\"users\"")) {
            Set<String> users = new TreeSet<>();
            Matcher user = USER.matcher(frame);
            while (user.find()) {
                users.add(" " + user.group(1).replace("\"", "") + " " + user.group(2));
            }
            return "list" + String.join("", users) + (frame.contains("\"more\":true") ? " and more" : "");
        }
        return frame.replaceAll("\\{\"type\":\"(welcome|heartbeat)\".*", "")
                .replaceAll("\\{\"type\":\"subscribed\".*", "subscribed")
                .replaceAll("\\{\"type\":\"(join|leave)\",\"topic\":\"tea\",\"user\":\"?([^\"}]*)\"?}", "$1 $2")
                .replaceAll("\\{\"type\":\"message\".*\"message\":\"([^\"]*)\".*", "$1")
                .replaceAll("\\{\"type\":\"error\",\"code\":\"([^\"]*)\".*", "error $1");
    }

    @Test
    void whoAsksIsToldFirstWhoIsThereOnEveryNodeItselfToo() throws InterruptedException {
        come(east, "ann", false);
        come(west, "ann", false);
        come(west, "bob", false);
        Client cleo = come(east, "cleo", true);
        assertEquals(List.of("list ann 2 bob 1 cleo 1", "subscribed"), told(cleo));
        assertEquals(List.of("list ann 2 bob 1 cleo 1 dora 1", "subscribed"), told(come(west, "dora", true)));
        assertEquals("join dora", told(cleo).getLast());
    }

    @Test
    void whoHasNoTokenIsOneUserWithoutAName() throws InterruptedException {
        east.connectFull("tea");
        west.connectFull("tea");
        assertEquals(List.of("list ann 1 null 2", "subscribed"), told(come(east, "ann", true)));
    }

    @Test
    void aJoinIsToldOnceForAUserAndALeaveWithItsLastConnection() throws InterruptedException {
        Client ann = come(east, "ann", true);
        Client first = come(west, "bob", false);
        Client second = come(east, "bob", false);
        go(first);
        pass(20);
        assertEquals(List.of("list ann 1", "subscribed", "join bob"), told(ann));
        go(second);
        pass(9);
        assertEquals("join bob", told(ann).getLast());
        pass(3);
        assertEquals("leave bob", told(ann).getLast());
    }

    @Test
    void whoMovesToAnotherNodeOrComesBackInTimeNeitherLeavesNorJoins() throws InterruptedException {
        Client ann = come(east, "ann", true);
        Client bob = come(east, "bob", false);
        pass(1);
        Client moved = come(west, "bob", false);
        go(bob);
        pass(20);
        go(moved);
        pass(8);
        come(east, "bob", true);
        pass(20);
        assertEquals(List.of("list ann 1", "subscribed", "join bob"), told(ann));
    }

    @Test
    void theUsersOfANodeThatIsGoneLeaveAfterTheLinger() throws InterruptedException {
        Client ann = come(east, "ann", true);
        come(west, "bob", false);
        come(west, "cleo", false);
        pass(1);
        west.close(); // as a process that is killed: it says nothing any more
        come(east, "cleo", false);
        for (int i = 0; i < 9 * 20; i++) {
            clock.advance(Duration.ofMillis(50));
            east.hub.tick();
        }
        assertEquals(List.of("list ann 1", "subscribed", "join bob", "join cleo"), told(ann));
        for (int i = 0; i < 5 * 20; i++) {
            clock.advance(Duration.ofMillis(50));
            east.hub.tick();
        }
        assertEquals(List.of("list ann 1", "subscribed", "join bob", "join cleo", "leave bob"), told(ann));
    }

    @Test
    void joinsComeInTheirOrderWithTheMessages() throws InterruptedException {
        Client ann = come(east, "ann", true);
        ann.says("{\"topic\":\"tea\",\"message\":\"one\"}");
        come(west, "bob", false);
        ann.says("{\"topic\":\"tea\",\"message\":\"two\"}");
        assertEquals(List.of("list ann 1", "subscribed", "one", "join bob", "two"), told(ann));
    }

    @Test
    void manyJoinsAreToldTogether() throws InterruptedException {
        Client ann = come(east, "ann", true);
        for (int i = 0; i < 100; i++) {
            come(west, "user-" + i, false);
        }
        assertEquals(2 + 20, told(ann).size());
        pass(1);
        List<String> told = told(ann);
        assertEquals(2 + 20 + 1, told.size());
        String all = IntStream.range(20, 100)
                .mapToObj(i -> "\"user-" + i + "\"")
                .reduce((a, b) -> a + "," + b)
                .orElse("");
        assertEquals("{\"type\":\"presence\",\"topic\":\"tea\",\"joined\":[" + all + "],\"left\":[]}", told.getLast());
    }

    @Test
    void aLongListComesInPagesThatAPeerTakesWhenItCan() throws InterruptedException {
        for (int i = 0; i < 20_000; i++) {
            come(west, "user-with-a-long-name-" + i, false);
        }
        Client ann = east.connectAs("ann");
        ann.transport().block();
        ann.says("{\"type\":\"subscribe\",\"topic\":\"tea\",\"presence\":true}");
        pass(1);
        assertTrue(ann.connection().user().isPresent());
        ann.transport().unblock();
        pass(1);
        List<String> told = told(ann);
        assertEquals(41 + 1, told.size());
        assertEquals(20_001, String.join("", told).split(" 1(?= |$|list|sub)", -1).length - 1);
        assertTrue(told.subList(0, 40).stream().allMatch(page -> page.endsWith("and more")), told::toString);
        assertEquals("subscribed", told.getLast());
        assertFalse(ann.transport().aborted());
    }

    @Test
    void nothingIsReportedOfATopicThatNobodyWatches() throws InterruptedException {
        come(east, "ann", false);
        Client bob = come(west, "bob", true);
        bob.says("{\"type\":\"unsubscribe\",\"topic\":\"tea\"}");
        pass(30);
        Client cleo = come(west, "cleo", true);
        assertEquals(List.of("list ann 1 cleo 1", "subscribed"), told(cleo), "bob is not remembered");
    }

    @Test
    void whileTheRelayIsDownWhoAsksWaitsAndIsToldThen() throws InterruptedException {
        come(east, "ann", false);
        west.relay.down = true;
        Client bob = come(west, "bob", true);
        pass(2);
        assertEquals(List.of(), told(bob));
        west.relay.down = false;
        pass(2);
        assertEquals(List.of("list ann 1 bob 1", "subscribed"), told(bob));
    }

    @Test
    void whoSubscribesAgainToSeeItIsCountedOnce() throws InterruptedException {
        Client ann = come(east, "ann", false);
        ann.says("{\"type\":\"subscribe\",\"topic\":\"tea\",\"presence\":true}");
        assertEquals(List.of("subscribed", "list ann 1", "subscribed"), told(ann));
    }

    @Test
    void nobodyIsToldThatItIsSubscribedBeforeTheRelayKnows() throws InterruptedException {
        Client ann = come(east, "ann", true);
        west.relay.holdingReadings = true;
        Client bob = come(west, "bob", false);
        assertEquals(List.of(), told(bob));
        west.relay.releaseReadings();
        assertEquals(List.of("subscribed"), told(bob));
        assertEquals("join bob", told(ann).getLast());
        go(bob);
        west.relay.holdingReadings = true;
        Client again = west.connectAs("bob");
        // Nothing was published since: without presence it would be answered without the relay.
        again.says("{\"type\":\"subscribe\",\"topic\":\"tea\",\"after\":\"" + position(ann) + "\"}");
        assertEquals(List.of(), told(again));
        west.relay.releaseReadings();
        assertEquals(List.of("subscribed"), told(again));
    }

    /** A topic that is wanted again before its end is said to be watched, since nobody knows; and then once more by the next link. */
    @Test
    void whoComesWhileTheRelayIsAskedWhetherSomebodyWatchesIsSubscribedWhenNobodyDoes() throws InterruptedException {
        come(west, "ann", false);
        west.relay.holdingReadings = true;
        west.relay.receiver().attached(new Topic("tea"), true);
        west.relay.receiver().attached(new Topic("tea"), true);
        Client bob = come(west, "bob", false);
        assertEquals(List.of(), told(bob));
        west.relay.releaseReadings();
        assertEquals(List.of("subscribed"), told(bob));
    }

    private static String position(Client client) {
        Matcher position = Pattern.compile("\"position\":\"([^\"]*)\"")
                .matcher(String.join("", client.transport().texts()));
        assertTrue(position.find());
        return position.group(1);
    }

    @Test
    void whoAsksTwiceIsToldTwiceAndWhoAsksNoMoreIsToldNothing() throws InterruptedException {
        Client ann = come(east, "ann", true);
        ann.says("{\"type\":\"subscribe\",\"topic\":\"tea\",\"presence\":true}");
        ann.says("{\"type\":\"subscribe\",\"topic\":\"tea\"}");
        come(west, "bob", false);
        pass(1);
        assertEquals(List.of("list ann 1", "subscribed", "list ann 1", "subscribed", "subscribed"), told(ann));
    }
}
