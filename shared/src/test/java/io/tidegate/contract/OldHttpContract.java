package io.tidegate.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.RawClient;
import io.tidegate.testing.RawClient.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What load balancers and proxies ask by HTTP/1.0 (RFC 9112, appendix C.2): HAProxy's checks, nginx by default. */
abstract class OldHttpContract extends OneServer {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/health",
                "/health/live",
                "/health/ready",
                "/health/started",
                "/metrics",
                "/connections",
                "/fleet"
            })
    void aProbeByHttp10IsAnsweredAndTheConnectionEnds(String path) {
        try (RawClient probe = new RawClient(server.managementPort())) {
            Response response = probe.request(List.of("GET " + path + " HTTP/1.0"));
            assertEquals(200, response.status());
            assertEquals("close", response.header("Connection"));
            assertWhole(response);
            probe.awaitEnd();
        }
    }

    @Test
    void aProbeThatAsksForItKeepsItsConnection() {
        try (RawClient probe = new RawClient(server.managementPort())) {
            for (int i = 0; i < 3; i++) {
                Response response =
                        probe.request(List.of("GET /health/ready HTTP/1.0", "Host: pod-7", "Connection: Keep-Alive"));
                assertEquals(200, response.status());
                assertEquals("keep-alive", response.header("Connection"));
                assertWhole(response);
            }
            assertEquals(200, probe.request(List.of("GET /fleet HTTP/1.0")).status());
            probe.awaitEnd();
        }
    }

    @Test
    void whatIsMissingIsNotFoundByHttp10Either() {
        assertEquals(404, ask(server.managementPort(), "GET /nowhere HTTP/1.0").status());
        assertEquals(404, ask(server.port(), "GET /nowhere HTTP/1.0").status());
    }

    @Test
    void headByHttp10HasNoContent() {
        try (RawClient probe = new RawClient(server.managementPort())) {
            probe.send("HEAD /fleet HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
            String answer = probe.rest();
            assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            assertTrue(answer.endsWith("\r\n\r\n"), answer);
        }
    }

    @Test
    void thePageIsServedByHttp10() {
        Response page = ask(server.port(), "GET / HTTP/1.0");
        assertEquals(200, page.status());
        assertEquals(server.getPage("/").body(), page.body());
        assertEquals(426, ask(server.port(), "GET /chat HTTP/1.0").status());
    }

    /** RFC 6455, section 4.1: such as behind a proxy that was not told to speak HTTP/1.1. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/chat"})
    void aWebSocketByHttp10IsRefusedInOneSentence(String path) {
        List<String> handshake = new ArrayList<>(List.of(
                "GET " + path + " HTTP/1.0",
                "Host: localhost",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: " + RawClient.KEY,
                "Sec-WebSocket-Version: 13"));
        for (String connection : List.of("Connection: Upgrade", "Connection: keep-alive, Upgrade")) {
            handshake.set(3, connection);
            Response response = ask(server.port(), handshake.toArray(String[]::new));
            assertEquals(505, response.status());
            assertEquals("A WebSocket needs HTTP/1.1", response.body());
        }
    }

    /** RFC 9112, section 6.1: a client of HTTP/1.0 knows no chunks. */
    private static void assertWhole(Response response) {
        assertFalse(response.headers().containsKey("transfer-encoding"), response::toString);
        assertFalse(response.body().isEmpty(), response::toString);
    }

    private static Response ask(int port, String... lines) {
        try (RawClient client = new RawClient(port)) {
            Response response = client.request(List.of(lines));
            client.awaitEnd();
            return response;
        }
    }
}
