package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.RawClient;
import io.tidegate.testing.RawClient.Response;
import io.tidegate.testing.ServerProcess;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455, section 4.2, and contract, sections 2 and 3: an upgrade, or an HTTP status that says why not. */
abstract class HandshakeContract extends OneServer {
    private static final String HOST = "Host: localhost";
    private static final String UPGRADE = "Upgrade: websocket";
    private static final String CONNECTION = "Connection: Upgrade";
    private static final String KEY = "Sec-WebSocket-Key: " + RawClient.KEY;
    private static final String VERSION = "Sec-WebSocket-Version: 13";

    /** RFC 6455, section 4.2.2. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/chat", "/chat?topic=tea"})
    void aSoundHandshakeIsAnsweredWithTheRfcsOwnExample(String path) {
        try (RawClient client = new RawClient(server.port())) {
            Response response = client.handshake(path);
            assertEquals(101, response.status());
            assertEquals(RawClient.ACCEPT, response.header("Sec-WebSocket-Accept"));
            assertTrue(response.header("Upgrade").equalsIgnoreCase("websocket"));
            assertTrue(response.header("Connection").equalsIgnoreCase("upgrade"));
            assertFalse(response.headers().containsKey("sec-websocket-extensions"));
        }
    }

    /** RFC 6455, section 4.2.1: case-insensitive tokens, possibly among others. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Upgrade: WebSocket | Connection: Upgrade",
                "upgrade: WEBSOCKET | connection: UPGRADE",
                "Upgrade: websocket | Connection: keep-alive, Upgrade",
                "Upgrade: foo/2, websocket | Connection: upgrade,close",
            })
    void tokensAreFoundInAnyCaseAndInALine(String upgrade, String connection) {
        assertEquals(
                101,
                request("GET / HTTP/1.1", HOST, upgrade, connection, KEY, VERSION)
                        .status());
    }

    /** A wrong path, or a proxy that takes {@code Upgrade} away, is seen by an operator, too. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /chat HTTP/1.1 | X-None: 1 | 426 | upgrade",
                "GET / HTTP/1.1 | Sec-WebSocket-Version: 8 | 426 | upgrade",
                "GET /nowhere HTTP/1.1 | Upgrade: websocket | 404 | path",
                "GET /chat?topic=%20 HTTP/1.1 | Upgrade: websocket | 400 | malformed",
                "GET / HTTP/1.1 | Sec-WebSocket-Key: short | 400 | malformed",
                "POST / HTTP/1.1 | Upgrade: websocket | 405 | method",
                "GET / HTTP/1.0 | Upgrade: websocket | 505 | http",
            })
    void aRefusalIsCountedByItsReason(String line, String header, int status, String reason) {
        String label = "reason=\"" + reason + "\"";
        double before = server.metric("websocket_connections_rejected_total", label);
        List<String> request = new ArrayList<>(List.of(line, HOST, CONNECTION, header));
        if (!header.startsWith("X-None") && !header.startsWith("Upgrade")) {
            request.add(UPGRADE);
        }
        for (String other : List.of(KEY, VERSION)) {
            if (!header.startsWith(other.substring(0, other.indexOf(':')))) {
                request.add(other);
            }
        }
        assertEquals(status, request(request.toArray(String[]::new)).status());
        assertEquals(before + 1, server.metric("websocket_connections_rejected_total", label));
    }

    /** RFC 6455, sections 4.2.1 and 4.4; RFC 9110, section 15.5.22. */
    @Test
    void anotherVersionIsToldWhichOneIsSpoken() {
        for (String version : List.of("Sec-WebSocket-Version: 8", "X-None: 1")) {
            Response response = request("GET / HTTP/1.1", HOST, UPGRADE, CONNECTION, KEY, version);
            assertEquals(426, response.status());
            assertEquals("13", response.header("Sec-WebSocket-Version"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-None: 1",
                "Sec-WebSocket-Key:",
                "Sec-WebSocket-Key: short",
                "Sec-WebSocket-Key: not base64 at all!!!!!!!",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            })
    void aBadKeyIsABadRequest(String key) {
        assertEquals(
                400,
                request("GET / HTTP/1.1", HOST, UPGRADE, CONNECTION, key, VERSION)
                        .status());
    }

    @Test
    void withoutTheConnectionTokenItIsABadRequest() {
        assertEquals(
                400,
                request("GET / HTTP/1.1", HOST, UPGRADE, "Connection: keep-alive", KEY, VERSION)
                        .status());
    }

    @Test
    void onlyGetOpensAWebSocket() {
        Response response = request("POST / HTTP/1.1", HOST, UPGRADE, CONNECTION, KEY, VERSION);
        assertEquals(405, response.status());
        assertEquals("GET", response.header("Allow"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/chat/",
                "/nowhere",
                "/%63hat",
                "//chat",
                "//",
                "/x/../chat",
                "/./chat",
                "/chat/.",
                "/chat;v=1",
                "/;v=1",
                "/Chat",
                "/chat%2F"
            })
    void anotherPathIsNotFound(String path) {
        assertEquals(404, handshake(server, path).status());
    }

    @Test
    void theUrlTakesAsManyTopicsAsAConnectionMayHave() {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < 128; i++) {
            query.append(i == 0 ? '?' : '&')
                    .append("topic=")
                    .append("%3A".repeat(125))
                    .append(100 + i);
        }
        try (FullClient client = FullClient.connect(server.port(), query.toString())) {
            for (int i = 0; i < 128; i++) {
                client.expect("subscribed");
            }
        }
        try (RawClient client = new RawClient(server.port())) {
            assertEquals(
                    414,
                    client.handshake("/chat" + "?topic=a".repeat(10_000), "Sec-WebSocket-Protocol: tidegate.v1")
                            .status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/chat?topic=", "/chat?topic=a%20b", "/chat?topic=%2F", "/chat?topic=a&topic=b"})
    void aBadTopicIsABadRequestThatNamesIt(String path) {
        Response response = handshake(server, path);
        assertEquals(400, response.status());
        assertTrue(response.body().contains("topic"), response::body);
    }

    @Test
    void aBrowserGetsThePageAndItsClientAndChatAsksForAnUpgrade() {
        assertTrue(file("/", "text/html").contains("<html"));
        assertTrue(file("/page/page.js", "text/javascript").contains("import"));
        assertTrue(file("/page/page.css", "text/css").contains("prefers-color-scheme"));
        assertTrue(file("/tidegate-client.js", "text/javascript").contains("export function connect"));
        assertEquals(426, server.getPage("/chat").statusCode());
        assertEquals(404, server.getPage("/nowhere").statusCode());
    }

    @Test
    void aRefusalClosesTcpAndIsCounted() {
        try (ServerProcess strict = ServerProcess.start(jar(), Map.of("tidegate.origins", "https://chat.example"));
                RawClient client = new RawClient(strict.port())) {
            assertEquals(
                    403, client.handshake("/", "Origin: https://evil.example").status());
            client.awaitEnd();
            assertEquals(
                    101, handshake(strict, "/", "Origin: https://CHAT.example").status());
            assertEquals(101, handshake(strict, "/").status());
            assertEquals(1, strict.metric("websocket_connections_rejected_total", "reason=\"origin\""));
        }
    }

    @Test
    void aFullNodeAnswers503AndStaysReady() {
        try (ServerProcess small = ServerProcess.start(jar(), Map.of("tidegate.limits.connections", "3"))) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                clients.add(RawClient.connect(small.port(), "/"));
            }
            Response refused = handshake(small, "/");
            assertEquals(503, refused.status());
            assertFalse(refused.header("Retry-After").isEmpty());
            assertEquals(200, small.get("/health/ready").statusCode());
            assertEquals(1, small.metric("websocket_connections_rejected_total", "reason=\"connections\""));

            clients.getFirst().reset();
            io.tidegate.testing.Await.until(
                    "a free place", () -> handshake(small, "/").status() == 101);
            clients.forEach(RawClient::close);
        }
    }

    @Test
    void limitsCountTheClientBehindATrustedProxy() {
        Map<String, String> settings = Map.of("tidegate.limits.perip", "1", "tidegate.proxies", "127.0.0.1");
        try (ServerProcess proxied = ServerProcess.start(jar(), settings);
                RawClient first = RawClient.connect(proxied.port(), "/", "X-Forwarded-For: 192.0.2.1")) {
            assertEquals(
                    503, handshake(proxied, "/", "X-Forwarded-For: 192.0.2.1").status());
            assertEquals(
                    101, handshake(proxied, "/", "X-Forwarded-For: 192.0.2.2").status());
            assertEquals(
                    503,
                    handshake(proxied, "/", "X-Forwarded-For: 192.0.2.9, 192.0.2.1")
                            .status());
            first.text("still there");
            assertEquals("still there", first.message());
        }
    }

    @Test
    void whoConnectsAndSaysNothingIsCut() {
        try (RawClient silent = new RawClient(server.port());
                RawClient silentToo = new RawClient(server.managementPort())) {
            silent.readForEver();
            silentToo.readForEver();
            assertTimeoutPreemptively(Duration.ofSeconds(15), silent::awaitEnd);
            assertTimeoutPreemptively(Duration.ofSeconds(15), silentToo::awaitEnd);
        }
    }

    /** RFC 6454, section 7.3: a browser sends one; which of several would count is anybody's guess. */
    @Test
    void severalOriginsAreABadRequest() {
        try (RawClient client = new RawClient(server.port())) {
            assertEquals(
                    400,
                    client.handshake("/", "Origin: https://chat.example", "Origin: https://evil.example")
                            .status());
            client.awaitEnd();
        }
    }

    @Test
    void handshakesASecondAreBounded() {
        try (ServerProcess calm = ServerProcess.start(jar(), Map.of("tidegate.limits.handshakes", "2"))) {
            List<Integer> answers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                answers.add(handshake(calm, "/").status());
            }
            assertEquals(101, answers.getFirst());
            assertTrue(answers.contains(503), answers::toString);
        }
    }

    /** A file that any page may import, that nobody takes for something else, nor keeps beyond the next release. */
    private String file(String path, String contentType) {
        HttpResponse<String> response = server.getPage(path);
        assertEquals(200, response.statusCode());
        HttpHeaders headers = response.headers();
        assertEquals(
                contentType + "; charset=utf-8",
                headers.firstValue("Content-Type").orElse(""));
        assertEquals("nosniff", headers.firstValue("X-Content-Type-Options").orElse(""));
        assertEquals("*", headers.firstValue("Access-Control-Allow-Origin").orElse(""));
        assertEquals("no-cache", headers.firstValue("Cache-Control").orElse(""));
        assertTrue(headers.firstValue("Content-Security-Policy").orElse("").contains("script-src 'self';"));
        return response.body();
    }

    private Response request(String... lines) {
        try (RawClient client = new RawClient(server.port())) {
            return client.request(List.of(lines));
        }
    }

    private static Response handshake(ServerProcess server, String path, String... headers) {
        try (RawClient client = new RawClient(server.port())) {
            return client.handshake(path, headers);
        }
    }
}
