package io.tidegate.hub;

import static io.tidegate.hub.Stories.awaitStory;
import static io.tidegate.hub.Stories.joined;
import static io.tidegate.hub.Stories.lastPosition;
import static io.tidegate.hub.Stories.publish;
import static io.tidegate.hub.Stories.story;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.protocol.CloseCode;
import io.tidegate.protocol.Opcode;
import io.tidegate.protocol.Topic;
import io.tidegate.protocol.Wire;
import io.tidegate.testing.Await;
import io.tidegate.testing.HubFixture;
import io.tidegate.testing.HubFixture.Client;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** How the frames of a connection on {@code tidegate.v1} are answered. */
@ParameterizedClass
@ValueSource(ints = {1, 2, 4})
class AnswersTest {
    private final int loops;

    AnswersTest(int loops) {
        this.loops = loops;
    }

    @Test
    void whatIsAskedOfOneTopicIsAnsweredInItsOrder() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = joined(fixture);
            fixture.relay.holdingReadings = true;
            Client ben = fixture.connectFull("tea");
            for (String type : List.of("subscribe", "unsubscribe", "unsubscribe", "subscribe")) {
                ben.says("{\"type\":\"" + type + "\",\"topic\":\"tea\"}");
            }
            publish(ben, "its own");
            ben.says("{\"type\":\"ping\"}");
            awaitStory(ben, "pong");
            fixture.relay.releaseReadings();
            awaitStory(
                    ben,
                    "pong",
                    "subscribed true",
                    "subscribed true",
                    "unsubscribed",
                    "error",
                    "subscribed true",
                    "its own");
            assertEquals("its own", story(ann).getLast());
        }
    }

    @Test
    void whoSubscribesAndThenPublishesGetsItsOwnMessage() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            for (int i = 0; i < 100; i++) {
                fixture.relay.holdingReadings = i % 2 == 0;
                Client ann = fixture.connectFull();
                ann.says("{\"type\":\"subscribe\",\"topic\":\"t" + i + "\"}");
                ann.says("{\"topic\":\"t" + i + "\",\"message\":1,\"id\":1}");
                ann.says("{\"topic\":\"t" + i + "\",\"message\":2,\"id\":2}");
                fixture.relay.releaseReadings();
                List<String> messages = story(ann).stream()
                        .filter(one -> one.equals("1") || one.equals("2"))
                        .toList();
                assertEquals(List.of("1", "2"), messages, "try " + i);
            }
        }
    }

    @Test
    void aTopicThatTheRelayHasRefusedIsAskedForAgain() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            fixture.relay.refusing = true;
            Client ann = fixture.connectFull("tea");
            fixture.pass(Duration.ofMillis(100));
            assertEquals(List.of(), story(ann));
            fixture.relay.refusing = false;
            fixture.pass(Duration.ofMillis(100));
            awaitStory(ann, "subscribed true");
        }
    }

    @Test
    void anAnswerForThoseWhoHaveLeftIsNoneForWhoCameSince() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            fixture.relay.holdingSubscribes = true;
            fixture.connectFull("tea").connection().ended();
            Client ben = fixture.connectFull("tea");
            assertEquals(List.of("+tea", "-tea", "+tea"), fixture.relay.subscriptions);
            fixture.relay.heldSubscribes.getFirst().complete(null);
            assertEquals(List.of(), story(ben));
            fixture.relay.heldSubscribes.getLast().complete(null);
            awaitStory(ben, "subscribed true");
        }
    }

    @Test
    void aPeerThatIsCutWhileItsFramesWaitForTheRelayIsReadNoLonger() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            fixture.relay.down = true;
            Client ann = fixture.connectFull("tea");
            Thread reader = Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < 200; i++) {
                        ann.says("{\"type\":\"subscribe\",\"topic\":\"tea\"}");
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            Await.until("the reader waits", () -> reader.getState() == Thread.State.WAITING);
            ann.connection().close(CloseCode.INTERNAL, "cut");
            assertTrue(reader.join(Duration.ofSeconds(10)), "nobody waits for ever");
        }
    }

    @Test
    void moreTopicsThanAllowedAreRefused() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops, Map.of("tidegate.limits.topics", "2"))) {
            Client ann = fixture.connectFull("a", "b");
            Await.until("subscribed", () -> story(ann).size() == 2);
            ann.says("{\"type\":\"subscribe\",\"topic\":\"c\"}");
            Await.until("an error", () -> story(ann).size() == 3);
            String error = ann.transport().texts().getLast();
            assertTrue(error.contains("\"code\":\"too-many-topics\"") && error.endsWith("\"topic\":\"c\"}"), error);
            ann.says("{\"type\":\"unsubscribe\",\"topic\":\"a\"}");
            ann.says("{\"type\":\"subscribe\",\"topic\":\"c\"}");
            Await.until("subscribed", () -> story(ann).size() == 5);
            assertEquals("subscribed true", story(ann).getLast());
        }
    }

    @Test
    void oneClientHasSoManyTopicsOverAllOfItsConnectionsUntilTheyEnd() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops, Map.of("tidegate.limits.clienttopics", "2"))) {
            Client ann = fixture.connectFull("a", "b");
            Await.until("subscribed", () -> story(ann).size() == 2);
            Client ben = fixture.connectFull("a", "c");
            Await.until("answered", () -> story(ben).size() == 2);
            String error = ben.transport().texts().stream()
                    .filter(text -> text.contains("\"error\""))
                    .findFirst()
                    .orElse("");
            assertTrue(error.contains("\"code\":\"too-many-topics\"") && error.endsWith("\"topic\":\"c\"}"), error);
            ann.connection().ended();
            ben.says("{\"type\":\"subscribe\",\"topic\":\"c\"}");
            Await.until("subscribed", () -> story(ben).size() == 3);
            assertEquals("subscribed true", story(ben).getLast());
        }
    }

    @Test
    void aClientOfThePlainWireWhoseTopicIsOneTooManyIsToldAndClosed() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops, Map.of("tidegate.limits.clienttopics", "1"))) {
            Client ann = fixture.connect(Wire.PLAIN, new Topic("a"));
            Client ben = fixture.connect(Wire.PLAIN, new Topic("b"));
            Await.until("closed", () -> ben.transport().frames().getLast().opcode() == Opcode.CLOSE);
            assertEquals(1008, ben.transport().frames().getLast().closeCode());
            assertTrue(ben.transport().texts().getLast().contains("too-many-topics"));
            Client cleo = fixture.connect();
            cleo.says("still here");
            Await.until("an echo", () -> cleo.transport().texts().contains("still here"));
            assertEquals(List.of(), ann.transport().texts());
        }
    }

    @Test
    void anAckNamesThePositionAndARepeatedIdGetsTheFirstOne() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = joined(fixture);
            Client ben = fixture.connectFull();
            awaitStory(ann, "subscribed true");
            ben.says("{\"topic\":\"tea\",\"message\":\"a\",\"id\":7}");
            ben.says("{\"topic\":\"tea\",\"message\":\"a\",\"id\":7}");
            awaitStory(ben, "ack", "ack");
            awaitStory(ann, "subscribed true", "a");
            String ack = "{\"type\":\"ack\",\"id\":7,\"topic\":\"tea\",\"position\":\"" + lastPosition(ann) + "\"}";
            assertEquals(List.of(ack, ack), ben.transport().texts().subList(1, 3));
        }
    }

    @Test
    void whatCouldNotBePublishedIsAnsweredWithItsId() throws InterruptedException {
        try (HubFixture fixture = new HubFixture(loops)) {
            Client ann = fixture.connectFull();
            fixture.relay.down = true;
            publish(ann, "without an id");
            ann.says("{\"topic\":\"tea\",\"message\":\"a\",\"id\":\"x\"}");
            ann.says("{\"message\":\"a\",\"id\":\"y\"}");
            awaitStory(ann, "error", "error", "error");
            List<String> errors = ann.transport().texts();
            assertTrue(errors.get(1).contains("relay-unavailable"));
            assertTrue(errors.get(1).endsWith("\"answers\":\"publish\",\"topic\":\"tea\"}"));
            assertTrue(errors.get(2).contains("relay-unavailable"));
            assertTrue(errors.get(2).endsWith("\"answers\":\"publish\",\"id\":\"x\",\"topic\":\"tea\"}"));
            assertTrue(errors.get(3).contains("publish without \\\"topic\\\", and the URL names none"));
            assertTrue(errors.get(3).endsWith("\"answers\":\"publish\",\"id\":\"y\"}"));
        }
    }
}
