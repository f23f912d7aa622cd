package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.RawClient;
import io.tidegate.testing.RawClient.Response;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tidegate.path}: behind a proxy that passes paths on as they are, everything is under one prefix. */
abstract class PathContract extends OneServer {

    @Override
    Map<String, String> settings() {
        return Map.of("tidegate.path", "/live/ws", "tidegate.fleet.public", "true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/live/ws", "/live/ws/"})
    void theBroadcastPathIsThePrefixWithAndWithoutASlash(String path) {
        try (RawClient one = RawClient.connect(server.port(), path);
                RawClient other = RawClient.connect(server.port(), "/live/ws/")) {
            one.text("hello from " + path);
            assertEquals("hello from " + path, other.message());
        }
    }

    @Test
    void aMessageOfTheChatComesBack() {
        try (RawClient client = RawClient.connect(server.port(), "/live/ws/chat?topic=tea")) {
            client.text("{\"message\":\"hello\"}");
            assertTrue(client.message().contains("\"message\":\"hello\""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/chat", "/live", "/live/ws/live/ws/chat", "/live/wschat"})
    void elsewhereIsNoWebSocketAndTheRefusalSaysWhereOneIs(String path) {
        try (RawClient client = new RawClient(server.port())) {
            Response refused = client.handshake(path);
            assertEquals(404, refused.status());
            assertTrue(refused.body().contains("/live/ws/chat"), refused::body);
        }
    }

    @Test
    void thePageItsFilesAndTheFleetAreThere() {
        for (String path : List.of("/", "/page/page.js", "/tidegate-client.js", "/fleet")) {
            assertEquals(200, server.getPage("/live/ws" + path).statusCode(), path);
            assertEquals(404, server.getPage(path).statusCode(), path);
        }
        assertEquals(426, server.getPage("/live/ws/chat").statusCode());
    }

    /** The page names its files relative to its own path, and a proxy may have put something before that. */
    @Test
    void whoForgetsTheSlashIsLedToThePageByARelativeAddress() {
        HttpResponse<String> response = server.getPage("/live/ws?topic=tea&topic=a%20b");
        assertEquals(308, response.statusCode());
        assertEquals(
                "ws/?topic=tea&topic=a%20b",
                response.headers().firstValue("Location").orElse(""));
    }

    @Test
    void operatorsFindTheirPathsWhereTheyAlwaysAre() {
        for (String path : List.of("/metrics", "/connections", "/fleet", "/health/ready")) {
            assertEquals(200, server.get(path).statusCode(), path);
        }
    }

    @Test
    void theServerSaysWhereItIs() {
        assertTrue(server.output().contains("ws://localhost:" + server.port() + "/live/ws/chat"), server::output);
    }
}
