package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.contract.FullClient.Frame;
import io.tidegate.testing.Await;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.RawClient.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract, section 4: the subprotocol {@code tidegate.v1}, as {@code docs/protocol.md} specifies it. */
abstract class FullWireContract extends OneServer {
    @Override
    Map<String, String> settings() {
        return Map.of(
                "tidegate.node", "pod-7",
                "tidegate.history.size", "5",
                "tidegate.limits.topics", "3",
                "tidegate.limits.clienttopics", "30",
                "tidegate.heartbeat", "20s");
    }

    @Test
    void theSubprotocolIsConfirmedWhereItIsOfferedAndNowhereElse() {
        assertEquals("tidegate.v1", protocol("/chat", "graphql-ws, tidegate.v1"));
        assertEquals("", protocol("/chat", "graphql-ws"));
        assertEquals("", protocol("/", "tidegate.v1"));
    }

    private String protocol(String path, String offer) {
        try (RawClient client = new RawClient(server.port())) {
            Response response = client.handshake(path, "Sec-WebSocket-Protocol: " + offer);
            assertEquals(101, response.status());
            return response.header("Sec-WebSocket-Protocol");
        }
    }

    @Test
    void theWelcomeSaysWhatAClientMustKnow() {
        try (RawClient client = RawClient.connect(server.port(), "/chat", "Sec-WebSocket-Protocol: tidegate.v1")) {
            String welcome = client.message();
            assertTrue(
                    welcome.matches("\\{\"type\":\"welcome\",\"connection\":\"[^\"]+\",\"node\":\"pod-7\","
                            + "\"heartbeatMs\":20000,\"limits\":\\{\"message\":65536,\"topics\":3,\"queue\":1048576,"
                            + "\"rate\":0}}"),
                    welcome);
        }
    }

    @Test
    void anAcknowledgedMessageReachesEveryWireOfItsTopicAtOnePosition() {
        try (FullClient ann = FullClient.subscribed(server.port(), "ack");
                FullClient ben = FullClient.subscribed(server.port(), "ack");
                RawClient plain = RawClient.connect(server.port(), "/chat?topic=ack");
                FullClient cleo = FullClient.connect(server.port(), "")) {
            cleo.says("{\"topic\":\"ack\",\"user\":\"cleo\",\"message\":\"hi\",\"id\":\"c-1\"}");
            Frame ack = cleo.expect("ack");
            assertEquals("c-1", ack.field("id"));
            assertEquals("ack", ack.field("topic"));
            for (FullClient client : List.of(ann, ben)) {
                Frame message = client.expect("message");
                assertEquals(ack.position(), message.position());
                assertEquals("cleo", message.field("user"));
                assertEquals("hi", message.message());
                assertTrue(message.field("timestamp").matches("\\d{13}"));
            }
            assertTrue(plain.message().startsWith("{\"user\":\"cleo\",\"message\":\"hi\",\"timestamp\":"));
            plain.text("{\"message\":\"from the plain wire\"}");
            assertEquals("from the plain wire", ann.expect("message").message());
        }
    }

    @Test
    void aRepeatedIdIsAcknowledgedAgainAndPublishedOnce() {
        try (FullClient ann = FullClient.subscribed(server.port(), "ids");
                FullClient ben = FullClient.connect(server.port(), "")) {
            String position = ann.publishHere("ids", "once", "x").position();
            ann.publish("ids", "once", "x");
            assertEquals(position, ann.expect("ack").position());
            ben.publish("ids", "once", "x");
            assertEquals(position, ben.expect("ack").position());
            ben.publish("ids", "next", "y");
            assertEquals("next", ann.expect("message").message());
        }
    }

    @Test
    void whoComesBackMissesNothingAndIsToldWhereThatCannotBe() {
        double complete = server.metric("websocket_recoveries_total", "outcome=\"complete\"");
        double lost = server.metric("websocket_recoveries_total", "outcome=\"lost\"");
        try (FullClient ann = FullClient.subscribed(server.port(), "resume")) {
            String[] positions = new String[8];
            for (int i = 0; i < positions.length; i++) {
                ann.publish("resume", "m" + i);
                positions[i] = ann.expect("message").position();
            }
            try (FullClient back = FullClient.connect(server.port(), "")) {
                back.resume("resume", positions[2]);
                Frame subscribed = back.expect("subscribed");
                assertEquals("true", subscribed.field("recovered"));
                assertEquals(positions[2], subscribed.position());
                for (int i = 3; i < positions.length; i++) {
                    Frame message = back.expect("message");
                    assertEquals("m" + i, message.message());
                    assertEquals(positions[i], message.position());
                }
                back.resume("resume", positions[7]);
                assertEquals("true", back.expect("subscribed").field("recovered"));
            }
            for (String gone : List.of(positions[1], "another-3", positions[7] + "0")) {
                try (FullClient back = FullClient.connect(server.port(), "")) {
                    back.resume("resume", gone);
                    Frame subscribed = back.expect("subscribed");
                    assertEquals("false", subscribed.field("recovered"));
                    assertEquals(positions[7], subscribed.position());
                }
            }
            assertEquals(complete + 2, server.metric("websocket_recoveries_total", "outcome=\"complete\""));
            assertEquals(lost + 3, server.metric("websocket_recoveries_total", "outcome=\"lost\""));
        }
    }

    @Test
    void oneAddressHasSoManyTopicsOverAllItsConnectionsUntilTheyEnd() {
        List<FullClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                clients.add(FullClient.connect(server.port(), "?topic=a%1$d&topic=b%1$d&topic=c%1$d".formatted(i)));
                for (int j = 0; j < 3; j++) {
                    clients.getLast().expect("subscribed");
                }
            }
            try (FullClient more = FullClient.connect(server.port(), "?topic=a0&topic=d")) {
                List<Frame> answers = List.of(more.next(), more.next());
                Frame error = answers.stream()
                        .filter(frame -> frame.type().equals("error"))
                        .findFirst()
                        .orElseThrow();
                assertEquals("too-many-topics", error.field("code"));
                assertEquals("d", error.field("topic"));
                clients.removeLast().close();
                Await.until("the topics of a client that has left are free", () -> {
                    more.says("{\"type\":\"subscribe\",\"topic\":\"d\"}");
                    return more.next().type().equals("subscribed");
                });
            }
        } finally {
            clients.forEach(FullClient::close);
        }
    }

    @Test
    void topicsComeFromTheUrlAndFromFrames() {
        try (FullClient ann = FullClient.connect(server.port(), "?topic=tea&topic=coffee")) {
            assertEquals(
                    List.of("coffee", "tea"),
                    List.of(
                                    ann.expect("subscribed").field("topic"),
                                    ann.expect("subscribed").field("topic"))
                            .stream()
                            .sorted()
                            .toList());
            ann.says("{\"message\":\"to the first topic of the URL\"}");
            assertEquals("tea", ann.expect("message").field("topic"));
            ann.says("{\"type\":\"subscribe\",\"topic\":\"milk\"}");
            ann.expect("subscribed");
            ann.says("{\"type\":\"subscribe\",\"topic\":\"sugar\"}");
            assertEquals("too-many-topics", ann.expect("error").field("code"));
            ann.says("{\"type\":\"unsubscribe\",\"topic\":\"tea\"}");
            Frame unsubscribed = ann.expect("unsubscribed");
            ann.says("{\"message\":\"nobody here\"}");
            ann.says("{\"type\":\"ping\"}");
            ann.expect("pong");
            ann.resume("tea", unsubscribed.position());
            ann.expect("subscribed");
            assertEquals("nobody here", ann.expect("message").message());
        }
        try (RawClient client = new RawClient(server.port())) {
            Response refused =
                    client.handshake("/chat?topic=a&topic=b&topic=c&topic=d", "Sec-WebSocket-Protocol: tidegate.v1");
            assertEquals(400, refused.status());
        }
    }

    /** Its publisher waits for that: without an answer it would send it again and again. */
    @Test
    void eachPublishWithAnIdIsAnsweredWithItWhateverElseIsWrong() {
        List<String> wrong = List.of(
                "{\"id\":\"a-1\",\"message\":NaN,\"topic\":\"wrong\"}",
                "{\"message\":" + "[".repeat(1_001) + "]".repeat(1_001) + ",\"id\":\"a-1\",\"topic\":\"wrong\"}",
                "{\"message\":" + "1".repeat(1_001) + ",\"id\":\"a-1\",\"topic\":\"wrong\"}",
                "{\"topic\":\"wrong\",\"id\":\"a-1\"}",
                "{\"topic\":\"wrong\",\"id\":\"a-1\",\"message\":1,\"keep\":null}");
        try (FullClient ann = FullClient.connect(server.port(), "")) {
            for (String frame : wrong) {
                ann.says(frame);
                Frame error = ann.expect("error");
                assertEquals("publish", error.field("answers"));
                assertEquals("a-1", error.field("id"));
                assertEquals("wrong", error.field("topic"));
            }
            ann.says("{\"topic\":\"wrong\",\"id\":\"a-1\",\"message\":{\"" + "n".repeat(50_001) + "\":1}}");
            assertEquals("a-1", ann.expect("ack").field("id"));
        }
    }

    @Test
    void anErrorSaysWhichFrameItAnswers() {
        try (FullClient ann = FullClient.connect(server.port(), "")) {
            ann.says("{\"type\":\"subscribe\",\"topic\":\"a b\"}");
            assertAnswers("subscribe", "a b", ann.expect("error"));
            ann.says("{\"type\":\"unsubscribe\",\"topic\":\"never\"}");
            assertAnswers("unsubscribe", "never", ann.expect("error"));
            ann.says("{\"topic\":\"no-id\",\"message\":1,\"id\":\"\"}");
            assertAnswers("publish", "no-id", ann.expect("error"));
            ann.says("{\"type\":\"shout\",\"topic\":\"any\"}");
            assertAnswers("", "any", ann.expect("error"));
        }
    }

    private static void assertAnswers(String type, String topic, Frame error) {
        assertEquals(type, error.field("answers"));
        assertEquals(topic, error.field("topic"));
        assertEquals("", error.field("id"));
    }

    @Test
    void theLastMessagesOfATopicComeFirstWhereTheyAreAskedFor() {
        try (FullClient ann = FullClient.subscribed(server.port(), "last");
                FullClient page = FullClient.connect(server.port(), "")) {
            String[] positions = new String[7];
            for (int i = 0; i < positions.length; i++) {
                positions[i] = ann.publishHere("last", "m" + i, "m" + i).position();
            }
            page.says("{\"type\":\"subscribe\",\"topic\":\"last\",\"last\":2}");
            assertBegins(page, positions[4], "m5", "m6");
            // The history holds five.
            page.says("{\"type\":\"subscribe\",\"topic\":\"last\",\"last\":50}");
            assertBegins(page, positions[1], "m2", "m3", "m4", "m5", "m6");
            ann.publish("last", "new");
            assertEquals("new", page.expect("message").message());
            page.says("{\"type\":\"subscribe\",\"topic\":\"nobody-has-published-here\",\"last\":50}");
            assertEquals("true", page.expect("subscribed").field("recovered"));
        }
    }

    private static void assertBegins(FullClient client, String position, String... messages) {
        Frame subscribed = client.expect("subscribed");
        assertEquals("true", subscribed.field("recovered"));
        assertEquals(position, subscribed.position());
        for (String message : messages) {
            assertEquals(message, client.expect("message").message());
        }
    }

    @Test
    void aMessageThatIsNotKeptComesInItsOrderToThoseWhoAreSubscribedAndHasNoPosition() {
        try (FullClient ann = FullClient.subscribed(server.port(), "typing");
                RawClient plain = RawClient.connect(server.port(), "/chat?topic=typing");
                FullClient cleo = FullClient.connect(server.port(), "?topic=typing")) {
            cleo.expect("subscribed");
            for (int i = 0; i < 20; i++) {
                cleo.says("{\"topic\":\"typing\",\"user\":\"cleo\",\"message\":\"k%s\"}".formatted(i));
                cleo.says("{\"topic\":\"typing\",\"user\":\"cleo\",\"message\":\"t%s\",\"keep\":false}".formatted(i));
            }
            for (int i = 0; i < 20; i++) {
                for (FullClient client : List.of(ann, cleo)) {
                    assertEquals("k" + i, client.expect("message").message());
                    Frame typing = client.expect("message");
                    assertEquals("t" + i, typing.message());
                    assertEquals("", typing.position());
                }
                assertTrue(plain.message().contains("\"k" + i + "\""));
                assertTrue(plain.message().contains("\"t" + i + "\""));
            }
            ann.says("{\"topic\":\"typing\",\"message\":\"t\",\"keep\":false,\"id\":\"t-1\"}");
            Frame one = new Frame(ann.raw().message());
            Frame other = ann.expect(one.type().equals("ack") ? "message" : "ack");
            assertEquals("t-1", one.field("id") + other.field("id"));
            assertEquals("", one.position() + other.position());
            cleo.expect("message");
            cleo.says("{\"type\":\"subscribe\",\"topic\":\"typing\",\"last\":50}");
            cleo.expect("subscribed");
            for (int i = 15; i < 20; i++) {
                assertEquals("k" + i, cleo.expect("message").message());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "invalid-json | {",
                "invalid-frame | []",
                "invalid-frame | {\"type\":\"shout\"}",
                "invalid-frame | {\"topic\":\"bad\"}",
                "invalid-frame | {\"type\":\"subscribe\",\"topic\":\"bad\",\"after\":\"garbage\"}",
                "invalid-frame | {\"message\":1,\"id\":{}}",
                "invalid-frame | {\"message\":\"the URL names no topic\"}",
                "invalid-frame | {\"type\":null,\"topic\":\"bad\",\"message\":1}",
                "invalid-frame | {\"topic\":\"bad\",\"message\":1,\"keep\":0}",
                "invalid-frame | {\"type\":\"subscribe\",\"topic\":\"bad\",\"last\":0}",
                "invalid-frame | {\"type\":\"subscribe\",\"topic\":\"bad\",\"last\":1,\"after\":\"a-1\"}",
                "invalid-topic | {\"type\":\"subscribe\",\"topic\":\"a b\"}",
                "invalid-topic | {\"type\":\"unsubscribe\",\"topic\":\"bad\"}",
            })
    void badInputGetsOneErrorAndTheConnectionGoesOn(String code, String frame) {
        try (FullClient ann = FullClient.connect(server.port(), "")) {
            ann.says(frame);
            Frame error = ann.expect("error");
            assertEquals(code, error.field("code"));
            assertNotEquals("", error.message());
            ann.says("{\"type\":\"ping\"}");
            ann.expect("pong");
        }
    }
}
