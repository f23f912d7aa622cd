package io.tidegate.se;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.metrics.api.MetricsFactory;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.testing.junit5.ServerTest;
import io.helidon.webserver.testing.junit5.SetUpServer;
import io.tidegate.helidon.HeaderTimeout;
import io.tidegate.helidon.Listeners;
import io.tidegate.node.Node;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.RawClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a server in the test's own process can show: a request's time is short here. */
@ServerTest
class ListenersTest {
    private static final Settings SETTINGS =
            SettingsReader.read(Map.of("tidegate.port", "0", "tidegate.management.port", "0"), Map.of());
    private static final Node NODE = new Node(SETTINGS, "se");
    private static final HeaderTimeout HEADS = new HeaderTimeout(Duration.ofMillis(600));

    private final int port;
    private final int managementPort;

    ListenersTest(WebServer server) {
        port = server.port();
        managementPort = server.port(Listeners.MANAGEMENT);
    }

    @SetUpServer
    static void configure(WebServerConfig.Builder server) {
        SeServer.configure(server, SETTINGS, NODE, MetricsFactory.getInstance().globalRegistry(), HEADS);
        HEADS.start();
    }

    @AfterAll
    static void close() {
        HEADS.close();
        NODE.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HT",
                "GET / HTTP/1.1\r\n",
                "GET / HTTP/1.0\r\nHost: localhost\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhl"
            })
    void aRequestThatIsNeverFinishedIsCut(String beginning) {
        for (int listener : List.of(port, managementPort)) {
            try (RawClient slow = new RawClient(listener)) {
                slow.send(beginning.getBytes(US_ASCII));
                slow.awaitEnd();
            }
        }
    }

    @Test
    void aConnectionThatWasUpgradedHasAllTheTimeItWants() {
        try (RawClient client = RawClient.connect(port, "/");
                RawClient slow = new RawClient(port)) {
            slow.send("GET / HTTP/1.1\r\n".getBytes(US_ASCII));
            slow.awaitEnd();
            client.text("still here");
            assertEquals("still here", client.message());
        }
    }

    @Test
    void theNodesHealthIsShownAsItIs() {
        try (RawClient client = new RawClient(managementPort)) {
            RawClient.Response ready = client.request(List.of("GET /health/ready HTTP/1.1", "Host: localhost"));
            assertEquals(503, ready.status());
            assertTrue(ready.body().contains("\"reason\":\"starting\""), ready::body);
        }
    }
}
