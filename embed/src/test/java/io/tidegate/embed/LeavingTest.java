package io.tidegate.embed;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.websocket.WsRouting;
import io.tidegate.testing.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How an application's clients leave. A class of its own, since two nodes in one process share Helidon's metrics. */
class LeavingTest {
    private static final String HANDSHAKE = """
            GET /chat HTTP/1.1\r
            Host: localhost\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """;

    @Test
    void beforeTheServerStopsItsClientsLeaveInTheirTurn() throws Exception {
        Tidegate tidegate = Tidegate.create(
                Map.of("tidegate.node", "shop-2", "tidegate.drain.notice", "0s", "tidegate.drain.window", "0s"));
        WebServer server = WebServer.builder()
                .addFeature(tidegate)
                .addRouting(WsRouting.builder().endpoint("/chat", tidegate.chat()))
                .build()
                .start();
        try (JdkSocket chat = new JdkSocket(server.port(), "/chat")) {
            tidegate.drain();
            assertEquals(1012, chat.closeCode());
        } finally {
            server.stop();
        }
    }

    /** The process may end when a scraper has what it counted, and not only after the time in which one should have come. */
    @Test
    void aDrainThatCutSomebodyEndsWithTheNextScrape() throws Exception {
        Tidegate tidegate = Tidegate.create(Map.of(
                "tidegate.drain.notice", "0s", "tidegate.drain.window", "0s", "tidegate.drain.timeout", "200ms"));
        WebServer server = WebServer.builder()
                .addFeature(tidegate)
                .routing(HttpRouting.builder().get("/metrics", (request, response) -> response.send("")))
                .addRouting(WsRouting.builder().endpoint("/chat", tidegate.chat()))
                .build()
                .start();
        try (Socket silent = new Socket("localhost", server.port())) {
            silent.getOutputStream().write(HANDSHAKE.getBytes(US_ASCII));
            assertEquals('H', silent.getInputStream().read());
            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> drain(tidegate));
            Await.until("the drain is over", Duration.ofSeconds(8), () -> {
                get(server.port(), "/metrics");
                return drained.isDone();
            });
        } finally {
            server.stop();
        }
    }

    private static void drain(Tidegate tidegate) {
        try {
            tidegate.drain();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void get(int port, String path) {
        URI uri = URI.create("http://localhost:" + port + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
