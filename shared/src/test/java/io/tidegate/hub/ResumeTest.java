package io.tidegate.hub;

import static io.tidegate.hub.Stories.awaitStory;
import static io.tidegate.hub.Stories.joined;
import static io.tidegate.hub.Stories.lastPosition;
import static io.tidegate.hub.Stories.publish;
import static io.tidegate.hub.Stories.story;
import static io.tidegate.hub.Stories.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.metrics.Metrics.Recovery;
import io.tidegate.protocol.Position;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.testing.Await;
import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connection on {@code tidegate.v1} gets, from its subscription on. */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
class ResumeTest {
    private final int loops;

    ResumeTest(int loops) {
        this.loops = loops;
    }

    private static final Topic TEA = new Topic("tea");

    @Test
    void theFirstFrameIsAWelcomeAndDeliveryBeginsAtThePresent() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops, Map.of("tidegate.node", "pod-1"))) {
            Client early = joined(fixture);
            publish(early, "before");
            Client late = fixture.connectFull("tea");
            awaitStory(late, "subscribed true");
            publish(early, "after");
            awaitStory(late, "subscribed true", "after");
            String welcome = late.transport().texts().getFirst();
            assertTrue(
                    welcome.matches(
                            "\\{\"type\":\"welcome\",\"connection\":\"pod-1:[0-9a-z]+:c-2\",\"node\":\"pod-1\",.*"),
                    welcome);
        }
    }

    @Test
    void whoComesBackGetsWhatItMissedAndThenThePresent() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = joined(fixture);
            publish(ann, "seen");
            awaitStory(ann, "subscribed true", "seen");
            String seen = lastPosition(ann);
            publish(ann, "missed 1");
            publish(ann, "missed 2");

            Client back = fixture.connectFull();
            subscribe(back, seen);
            awaitStory(back, "subscribed true", "missed 1", "missed 2");
            publish(ann, "present");
            awaitStory(back, "subscribed true", "missed 1", "missed 2", "present");
            assertTrue(back.transport().texts().get(1).contains("\"position\":\"" + seen + "\""));
            assertEquals(1, fixture.metrics.recoveries(Recovery.COMPLETE).value());
        }
    }

    @Test
    void whoAsksForTheLastMessagesGetsThemFirst() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = joined(fixture);
            publish(ann, "a");
            awaitStory(ann, "subscribed true", "a");
            String a = lastPosition(ann);
            publish(ann, "b");
            publish(ann, "c");
            Client page = fixture.connectFull();
            page.says("{\"type\":\"subscribe\",\"topic\":\"tea\",\"last\":2}");
            awaitStory(page, "subscribed true", "b", "c");
            assertTrue(page.transport().texts().get(1).contains("\"position\":\"" + a + "\""));
            publish(ann, "d");
            awaitStory(page, "subscribed true", "b", "c", "d");
            page.says("{\"type\":\"subscribe\",\"topic\":\"tea\",\"last\":100}");
            awaitStory(page, "subscribed true", "b", "c", "d", "subscribed true", "a", "b", "c", "d");
            assertEquals(0, fixture.metrics.recoveries(Recovery.COMPLETE).value());
        }
    }

    @Test
    void ofATopicWithoutMessagesTheLastAreNone() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client page = fixture.connectFull();
            page.says("{\"type\":\"subscribe\",\"topic\":\"tea\",\"last\":50}");
            awaitStory(page, "subscribed true");
            publish(page, "a");
            awaitStory(page, "subscribed true", "a");
            assertEquals(0, fixture.metrics.recoveries(Recovery.LOST).value());
        }
    }

    /** Of all that is published while the last messages are read, nothing is missed or doubled. */
    @Test
    void theLastMessagesAndThePresentMeetWithoutAGap() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = joined(fixture);
            publish(ann, "a");
            publish(ann, "b");
            fixture.relay.holdingReadings = true;
            Client page = fixture.connectFull();
            page.says("{\"type\":\"subscribe\",\"topic\":\"tea\",\"last\":1}");
            Await.until("reading", () -> fixture.relay.heldReadings() == 1);
            publish(ann, "c");
            List<Runnable> taken = fixture.relay.takeReadings();
            publish(ann, "d");
            taken.forEach(Runnable::run);
            awaitStory(page, "subscribed true", "c", "d");
        }
    }

    /** The first message comes between the look at the empty topic and its answer. */
    @Test
    void whatIsPublishedWhileTheLastMessagesOfAnEmptyTopicAreReadComes() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            fixture.relay.holdingReadings = true;
            Client page = fixture.connectFull();
            page.says("{\"type\":\"subscribe\",\"topic\":\"tea\",\"last\":50}");
            Await.until("reading", () -> fixture.relay.heldReadings() == 1);
            List<Runnable> taken = fixture.relay.takeReadings();
            publish(fixture.connectFull(), "a");
            fixture.relay.holdingReadings = false;
            taken.forEach(Runnable::run);
            awaitStory(page, "subscribed true", "a");
        }
    }

    @Test
    void whatIsNotKeptGoesToThoseWhoAreThereAndToNobodyLater() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = joined(fixture);
            publish(ann, "a");
            String typing = "{\"topic\":\"tea\",\"message\":\"typing\",\"keep\":false,\"id\":1}";
            ann.says(typing);
            awaitStory(ann, "subscribed true", "a", "typing", "ack");
            List<String> frames = ann.transport().texts();
            assertFalse(frames.get(3).contains("position"), frames.get(3));
            assertEquals("{\"type\":\"ack\",\"id\":1,\"topic\":\"tea\"}", frames.get(4));
            publish(ann, "b");
            Client level = fixture.connectFull();
            level.says("{\"type\":\"subscribe\",\"topic\":\"tea\",\"last\":5}");
            awaitStory(level, "subscribed true", "a", "b");
            ann.says(typing);
            awaitStory(level, "subscribed true", "a", "b", "typing");
            publish(ann, "c");
            awaitStory(level, "subscribed true", "a", "b", "typing", "c");
        }
    }

    @Test
    void whatIsPublishedWhileTheHistoryIsReadComesOnceAndInItsPlace() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = joined(fixture);
            publish(ann, "seen");
            awaitStory(ann, "subscribed true", "seen");
            String seen = lastPosition(ann);
            publish(ann, "missed");
            fixture.relay.holdingReadings = true;
            Client back = fixture.connectFull();
            subscribe(back, seen);
            Await.until("reading", () -> fixture.relay.heldReadings() == 1);
            publish(ann, "meanwhile");
            awaitStory(ann, "subscribed true", "seen", "missed", "meanwhile");
            fixture.relay.releaseReadings();
            publish(ann, "then");
            awaitStory(back, "subscribed true", "missed", "meanwhile", "then");
        }
    }

    /** Clients come and go at any moment under a steady load; one that resumes misses nothing. */
    @Test
    void inWhateverOrderThingsHappenNothingIsMissedOrDoubled() throws InterruptedException {
        Random random = new Random(7);
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = joined(fixture);
            Client witness = joined(fixture);
            String start = lastPosition(ann);
            List<Client> resumed = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                publish(ann, i);
                if (random.nextInt(4) == 0) {
                    Client client = fixture.connectFull();
                    subscribe(client, start);
                    resumed.add(client);
                }
            }
            List<String> expected = new ArrayList<>(List.of("subscribed true"));
            IntStream.range(0, 500).mapToObj(String::valueOf).forEach(expected::add);
            awaitStory(witness, expected.toArray(String[]::new));
            for (Client client : resumed) {
                awaitStory(client, expected.toArray(String[]::new));
            }
        }
    }

    @Test
    void aPositionBeyondTheHistoryIsToldAndDeliveryBeginsAtThePresent() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops, Map.of("tidegate.history.size", "2"))) {
            Client ann = joined(fixture);
            for (String message : List.of("a", "b", "c", "d")) {
                publish(ann, message);
            }
            awaitStory(ann, "subscribed true", "a", "b", "c", "d");
            Position last = Position.parse(lastPosition(ann)).orElseThrow();
            for (Position gone : List.of(last.plus(-3), last.plus(1), new Position("another", 3))) {
                Client back = fixture.connectFull();
                subscribe(back, gone.text());
                awaitStory(back, "subscribed false");
                assertEquals(last.text(), lastPosition(back));
            }
            Client back = fixture.connectFull();
            subscribe(back, last.plus(-2).text());
            awaitStory(back, "subscribed true", "c", "d");
            assertEquals(3, fixture.metrics.recoveries(Recovery.LOST).value());
            assertEquals(1, fixture.metrics.recoveries(Recovery.COMPLETE).value());
        }
    }

    @Test
    void whileTheRelayIsDownASubscriptionWaitsForIt() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = joined(fixture);
            String seen = lastPosition(ann);
            publish(ann, "missed");
            fixture.relay.down = true;
            Client back = fixture.connectFull("coffee");
            subscribe(back, seen);
            back.says("{\"type\":\"ping\"}");
            awaitStory(back, "pong");
            fixture.relay.down = false;
            fixture.pass(Duration.ofMillis(500));
            Await.until("both are answered", () -> story(back).size() == 4);
            List<String> rest = story(back).stream()
                    .filter(one -> !one.startsWith("subscribed"))
                    .toList();
            assertEquals(List.of("pong", "missed"), rest);
        }
    }

    @Test
    void afterUnsubscribingNothingFollowsAndItsPositionResumes() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = joined(fixture);
            Client ben = fixture.connectFull("tea");
            awaitStory(ben, "subscribed true");
            publish(ann, "a");
            ben.says("{\"type\":\"unsubscribe\",\"topic\":\"tea\"}");
            awaitStory(ben, "subscribed true", "a", "unsubscribed");
            String left = lastPosition(ben);
            publish(ann, "b");
            subscribe(ben, left);
            awaitStory(ben, "subscribed true", "a", "unsubscribed", "subscribed true", "b");
            ben.says("{\"type\":\"unsubscribe\",\"topic\":\"coffee\"}");
            Await.until("an error", () -> story(ben).getLast().equals("error"));
        }
    }

    @Test
    void whoUnsubscribesAfterAGapResumesBehindIt() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = joined(fixture);
            publish(ann, "a");
            fixture.relay.reportGap(TEA, new Position("another", 7));
            ann.says("{\"type\":\"unsubscribe\",\"topic\":\"tea\"}");
            awaitStory(ann, "subscribed true", "a", "subscribed false", "unsubscribed");
            assertEquals("another-7", lastPosition(ann));
        }
    }

    @Test
    void subscribingAgainBeginsAnew() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = joined(fixture);
            String start = lastPosition(ann);
            publish(ann, "a");
            awaitStory(ann, "subscribed true", "a");
            subscribe(ann, start);
            awaitStory(ann, "subscribed true", "a", "subscribed true", "a");
            publish(ann, "b");
            awaitStory(ann, "subscribed true", "a", "subscribed true", "a", "b");
            ann.connection().ended();
            assertEquals(List.of("+tea", "-tea"), fixture.relay.subscriptions);
        }
    }

    @Test
    void aMissedStretchIsToldToThoseWhoKnowPositions() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client full = joined(fixture);
            Client plain = fixture.connect(Wire.PLAIN, TEA);
            publish(full, "a");
            awaitStory(full, "subscribed true", "a");
            fixture.relay.reportGap(TEA, new Position("another", 7));
            awaitStory(full, "subscribed true", "a", "subscribed false");
            assertEquals("another-7", lastPosition(full));
            assertEquals(1, plain.transport().texts().size());
            assertEquals(1, fixture.metrics.recoveries(Recovery.LOST).value());
        }
    }

    @Test
    void aHistoryLargerThanTheQueueIsSentAsFastAsItIsRead() throws InterruptedException {
        try (HubFixture fixture =
                new HubFixture(loops, Map.of("tidegate.limits.queue", "600KiB", "tidegate.limits.message", "16KiB"))) {
            Client ann = joined(fixture);
            String start = lastPosition(ann);
            String large = "x".repeat(10_000);
            for (int i = 0; i < 300; i++) {
                publish(ann, i + large);
                int sent = i + 2;
                Await.until("at its publisher", () -> story(ann).size() == sent);
            }
            Client back = fixture.connectFull();
            Await.until("a welcome", () -> back.transport().texts().size() == 1);
            back.transport().block();
            subscribe(back, start);
            Await.until(
                    "a page is being written", () -> back.transport().writes().size() > 1);
            back.transport().unblock();
            Await.until("all of it", () -> story(back).size() == 301);
            assertFalse(back.connection().closing());
        }
    }

    @Test
    void whatCannotBeHeldWhileTheHistoryIsReadIsReadFromTheHistory() throws InterruptedException {
        try (HubFixture fixture =
                new HubFixture(loops, Map.of("tidegate.limits.queue", "64KiB", "tidegate.limits.message", "16KiB"))) {
            Client ann = joined(fixture);
            String start = lastPosition(ann);
            fixture.relay.holdingReadings = true;
            Client atPresent = fixture.connectFull("tea");
            Client back = fixture.connectFull();
            subscribe(back, start);
            assertEquals(2, fixture.relay.heldReadings());
            List<Runnable> readings = fixture.relay.takeReadings();
            // Answered as of now, though the answers come late.
            for (int i = 0; i < 10; i++) {
                publish(ann, i + "x".repeat(10_000));
            }
            readings.forEach(Runnable::run);
            fixture.relay.releaseReadings();
            assertEquals(story(ann), story(back));
            assertEquals(story(ann), story(atPresent));
            assertFalse(back.connection().closing());
        }
    }

    /** The reading is paced by the reader, over all topics of its connection: only who does not read is slow. */
    @Test
    void aClientWithManyTopicsComesBackHoweverSlowlyItReads() throws InterruptedException {
        int topics = 64;
        try (HubFixture fixture = new HubFixture(loops, Map.of("tidegate.limits.queue", "512KiB"))) {
            Client ann = fixture.connectFull();
            String large = "x".repeat(50_000);
            List<String> starts = new ArrayList<>();
            for (int i = 0; i < topics; i++) {
                Client reader = fixture.connectFull("t" + i);
                starts.add(lastPosition(reader));
                reader.connection().ended();
                for (int j = 0; j < 5; j++) {
                    ann.says("{\"topic\":\"t" + i + "\",\"message\":\"" + j + large + "\"}");
                }
            }
            Client back = fixture.connectFull();
            back.transport().block();
            for (int i = 0; i < topics; i++) {
                back.says("{\"type\":\"subscribe\",\"topic\":\"t" + i + "\",\"after\":\"" + starts.get(i) + "\"}");
            }
            for (int i = 0; i < 10_000 && story(back).size() < topics * 6; i++) {
                assertTrue(fixture.hub.queuedBytes() <= 512 * 1024, "what waits is bounded");
                // It reads what was written, but nothing of what follows.
                back.transport().unblock();
                back.transport().block();
            }
            assertEquals(topics * 6, story(back).size());
            assertFalse(back.connection().closing());
            assertEquals(0, fixture.metrics.slowConsumers().value());
        }
    }

    /** A few dozen bytes ask for a page, again and again: after a while so many bytes a second. */
    @Test
    void whoAsksForTheSameHistoryAgainAndAgainGetsItMoreSlowly() throws InterruptedException {
        int perSecond = 64 << 10;
        int most = HistoryPace.SECONDS * perSecond;
        try (HubFixture fixture = new HubFixture(loops, Map.of("tidegate.limits.history", "64KiB"))) {
            Client ann = joined(fixture);
            String start = lastPosition(ann);
            for (int i = 0; i < 4; i++) {
                publish(ann, i + "x".repeat(50_000));
            }
            awaitStory(ann, story(ann).toArray(String[]::new));
            Client mallory = fixture.connectFull();
            for (int i = 0; i < 30; i++) {
                subscribe(mallory, start);
            }
            long read = read(mallory);
            assertTrue(read >= most && read < most + 400_000, read + " bytes at once");
            fixture.pass(Duration.ofSeconds(10));
            long later = read(mallory) - read;
            assertTrue(later > 9L * perSecond && later < 10L * perSecond + 400_000, later + " bytes in 10 s");

            Client ben = fixture.connectFull();
            subscribe(ben, start);
            assertEquals(story(ann), story(ben));
            fixture.pass(Duration.ofMinutes(2));
            assertEquals(
                    30,
                    story(mallory).stream().filter("subscribed true"::equals).count());
            assertEquals(
                    30 * 5,
                    story(mallory).stream()
                            .filter(frame -> !frame.equals("heartbeat"))
                            .count());
        }
    }

    private static long read(Client client) {
        return client.transport().writes().stream()
                .mapToLong(write -> write.length)
                .sum();
    }
}
