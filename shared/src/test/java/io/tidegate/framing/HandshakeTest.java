package io.tidegate.framing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The opening handshake, RFC 6455 section 4.2")
class HandshakeTest {
    private static final Handshake.Accepted ACCEPTED =
            new Handshake.Accepted("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Optional.empty());
    private static final Map<String, String> UPGRADE =
            Map.of("Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", "13");

    @Test
    @DisplayName("1.3, 4.2.2: the RFC's own request is accepted with its own answer")
    void exampleOfTheRfcIsAccepted() {
        assertEquals(ACCEPTED, new Request().judged());
    }

    @Test
    @DisplayName("4.2.2: the response is the RFC's, byte for byte")
    void responseSwitchesProtocols() {
        assertEquals("""
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                \r
                """, new String(Handshake.response(ACCEPTED, Optional.empty()), US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "HEAD", "PUT", "CONNECT", "OPTIONS", "get", ""})
    @DisplayName("4.2.1 item 1: other methods get 405 and the one that is allowed (RFC 9110 15.5.6)")
    void otherMethodsAreNotAllowed(String method) {
        Request request = new Request();
        request.method = method;
        request.assertRefused(405, Map.of("Allow", "GET"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1", "1.2", "2.0"})
    @DisplayName("4.2.1 item 1: HTTP/1.1 or higher is accepted")
    void http11OrHigherIsAccepted(String version) {
        Request request = new Request();
        request.version = version;
        assertEquals(ACCEPTED, request.judged());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "0.9", "", "1", "1.10", "HTTP/1.1", "x"})
    @DisplayName("4.2.1 item 1: an older HTTP, or none, gets 505")
    void olderHttpIsRefused(String version) {
        Request request = new Request();
        request.version = version;
        request.assertRefused(505, Map.of());
    }

    @Test
    @DisplayName("4.2.1 item 2: exactly one Host is needed")
    void exactlyOneHostIsNeeded() {
        new Request().with("Host").assertRefused(400, Map.of());
        new Request().with("Host", "a.example", "b.example").assertRefused(400, Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"websocket", "WebSocket", "WEBSOCKET", "h2c, websocket", "h2c,WebSocket ,x", "\twebsocket "})
    @DisplayName("4.2.1 item 3: Upgrade names websocket, in any case and in a list")
    void upgradeNamesWebsocketInAnyCase(String upgrade) {
        assertEquals(ACCEPTED, new Request().with("Upgrade", upgrade).judged());
        assertEquals(ACCEPTED, new Request().with("Upgrade", "h2c", upgrade).judged());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ",", "h2c", "websockets", "web socket", "websocket/13", "websoc\u212Aet", "web\u017Focket"})
    @DisplayName("4.2.1 item 3: any other Upgrade gets 426 and what to upgrade to (RFC 9110 15.5.22)")
    void otherUpgradeIsToldWhatToUpgradeTo(String upgrade) {
        new Request().with("Upgrade", upgrade).assertRefused(426, UPGRADE);
        new Request().with("Upgrade").assertRefused(426, UPGRADE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Upgrade", "upgrade", "UPGRADE", "keep-alive, Upgrade", "upgrade,keep-alive", "x ,\tuPgRaDe ,y"})
    @DisplayName("4.2.1 item 4: Connection has the token upgrade, in any case and in a list")
    void connectionHasTheTokenUpgrade(String connection) {
        assertEquals(ACCEPTED, new Request().with("Connection", connection).judged());
        assertEquals(
                ACCEPTED,
                new Request().with("Connection", "keep-alive", connection).judged());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "close", "keep-alive", "upgrades", "up grade", "keep-alive upgrade"})
    @DisplayName("4.2.1 item 4: any other Connection gets 400")
    void otherConnectionIsRefused(String connection) {
        new Request().with("Connection", connection).assertRefused(400, Map.of());
        new Request().with("Connection").assertRefused(400, Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dGhlIHNhbXBsZSBub25jZQ==",
                "AAAAAAAAAAAAAAAAAAAAAA==",
                "/+/+/+/+/+/+/+/+/+/+/w==",
                " AQIDBAUGBwgJCgsMDQ4PEA== "
            })
    @DisplayName("4.2.1 item 5: any 16 bytes in base64 are a key")
    void sixteenBytesInBase64AreAKey(String key) {
        assertInstanceOf(
                Handshake.Accepted.class,
                new Request().with("Sec-WebSocket-Key", key).judged());
    }

    @Test
    @DisplayName("1.3: blanks around the key are no part of it")
    void blanksAroundTheKeyAreNoPartOfIt() {
        assertEquals(
                ACCEPTED,
                new Request()
                        .with("Sec-WebSocket-Key", " dGhlIHNhbXBsZSBub25jZQ==\t")
                        .judged());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dGhlIHNhbXBsZSBub25jZQ",
                "dGhlIHNhbXBsZSBub25j",
                "dGhlIHNhbXBsZSBub25jZTE=",
                "dGhlIHNhbXBsZSBub25jZTEy",
                "dGhlIHNhbXBsZSBub25jZQ===",
                "dGhlIHNhbXBs_SBub25jZQ==",
                "dGhlIHNhbXBs SBub25jZQ==",
                "=GhlIHNhbXBsZSBub25jZQ==",
                "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==",
            })
    @DisplayName("4.2.1 item 5: what is not 16 bytes in base64 gets 400")
    void otherKeysAreRefused(String key) {
        new Request().with("Sec-WebSocket-Key", key).assertRefused(400, Map.of());
    }

    @Test
    @DisplayName("4.2.1 item 5, 11.3.1: a key that is missing or stands twice gets 400")
    void keyMustStandOnce() {
        String key = "dGhlIHNhbXBsZSBub25jZQ==";
        new Request().with("Sec-WebSocket-Key").assertRefused(400, Map.of());
        new Request().with("Sec-WebSocket-Key", key, key).assertRefused(400, Map.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12", "14", "8", "013", "13, 8", "13.0", "x"})
    @DisplayName("4.2.1 item 6, 4.4: another version gets 426 and the one that is spoken")
    void otherVersionsAreToldTheRightOne(String version) {
        new Request().with("Sec-WebSocket-Version", version).assertRefused(426, UPGRADE);
        new Request().with("Sec-WebSocket-Version").assertRefused(426, UPGRADE);
    }

    @Test
    @DisplayName("11.3.5: a version that stands twice gets 400")
    void versionMustNotStandTwice() {
        new Request().with("Sec-WebSocket-Version", "13", "13").assertRefused(400, Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, https://example.com",
        "Sec-WebSocket-Protocol, chat",
        "Sec-WebSocket-Extensions, permessage-deflate"
    })
    @DisplayName("4.2.1 items 7 to 10: optional headers change nothing")
    void optionalHeadersChangeNothing(String name, String value) {
        assertEquals(ACCEPTED, new Request().with(name, value).judged());
    }

    /** The request of the RFC (section 1.3), to be changed. */
    private static final class Request {
        private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private String method = "GET";
        private String version = "1.1";

        Request() {
            with("Host", "server.example.com");
            with("Upgrade", "websocket");
            with("Connection", "Upgrade");
            with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
            with("Sec-WebSocket-Version", "13");
        }

        Request with(String name, String... values) {
            headers.put(name, List.of(values));
            return this;
        }

        Handshake judged() {
            return Handshake.of(method, version, name -> headers.getOrDefault(name, List.of()), false);
        }

        void assertRefused(int status, Map<String, String> responseHeaders) {
            Handshake.Refused refused = assertInstanceOf(Handshake.Refused.class, judged());
            assertEquals(status, refused.status(), refused.text());
            assertEquals(responseHeaders, refused.headers());
            assertFalse(refused.text().isBlank());
            assertEquals(1, refused.text().lines().count());
        }
    }
}
