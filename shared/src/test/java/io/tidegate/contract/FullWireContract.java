package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.contract.FullClient.Frame;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.RawClient.Response;
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
