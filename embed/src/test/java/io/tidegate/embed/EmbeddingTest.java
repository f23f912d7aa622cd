package io.tidegate.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.testing.junit5.ServerTest;
import io.helidon.webserver.testing.junit5.SetUpServer;
import io.tidegate.testing.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The application of docs/embedding.md, with real sockets. */
@ServerTest
class EmbeddingTest {
    private static final Tidegate TIDEGATE =
            Tidegate.create(Map.of("tidegate.node", "shop-1", "tidegate.limits.message", "1KiB"));

    private final int port;

    EmbeddingTest(WebServer server) {
        port = server.port();
    }

    @SetUpServer
    static void configure(WebServerConfig.Builder server) {
        Application.configure(server, TIDEGATE);
    }

    @Test
    void theApplicationsOwnPathsAreHelidons() throws Exception {
        assertEquals("a shop", get("/").body());
        try (JdkSocket echo = new JdkSocket(port, "/echo")) {
            echo.send("hello");
            assertEquals("you said hello", echo.next());
        }
    }

    @Test
    void whatTheApplicationPublishesComesToThoseWhoSubscribe() throws Exception {
        try (JdkSocket chat = new JdkSocket(port, "/live/chat?topic=orders")) {
            HttpRequest order = HttpRequest.newBuilder(uri("/orders"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"tea\":2}"))
                    .build();
            assertEquals(200, send(order).statusCode());
            assertTrue(chat.next().contains("{\"tea\":2}"));
        }
    }

    /** Another frame than Helidon's would make of it: our connection checks what is sent (1009), Helidon's does not. */
    @Test
    void theConnectionIsTidegates() throws Exception {
        try (JdkSocket all = new JdkSocket(port, "/live/all")) {
            all.send("x".repeat(2_000));
            assertEquals(1009, all.closeCode());
        }
    }

    @Test
    void itsHealthAndItsMetricsStandBesideTheApplications() throws Exception {
        String health = get("/health").body();
        assertTrue(health.contains("\"ready\"") && health.contains("\"UP\""), health);
        try (JdkSocket chat = new JdkSocket(port, "/live/chat")) {
            chat.send("{\"user\":\"ann\",\"message\":\"hi\"}");
            assertTrue(chat.next().contains("hi"));
            Await.until(
                    "the metrics have it",
                    () -> Pattern.compile("websocket_messages_received_total\\{[^}]*} [1-9]")
                            .matcher(text("/metrics"))
                            .find());
        }
    }

    @Test
    void whatCannotBePublishedIsNamed() {
        assertThrows(IllegalArgumentException.class, () -> TIDEGATE.publish("no topic", "1", Optional.empty()));
        assertThrows(IllegalArgumentException.class, () -> TIDEGATE.publish("news", "{", Optional.empty()));
        assertThrows(IllegalArgumentException.class, () -> TIDEGATE.publish("news", "1", Optional.of("")));
    }

    @Test
    void thePageShowsThisApplication() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "embedding.md"));
        String source = Files.readString(Path.of("src/test/java/io/tidegate/embed/Application.java"));
        String listing = source.substring(source.indexOf("/** An application")).strip();
        assertTrue(page.contains(listing), "docs/embedding.md has another Application");
    }

    private String text(String path) {
        try {
            return get(path).body();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }
}
