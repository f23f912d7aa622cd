package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.RawClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract, sections 2 and 6: what operators, scrapers and scalers ask. */
abstract class ManagementContract extends OneServer {
    private static final Pattern SAMPLE = Pattern.compile("(websocket_[a-z_]+)(?:\\{.*})? .*");

    /** Exactly the contract's; a histogram is three, and the framework may add its greatest value. */
    private static final Set<String> NAMES = new TreeSet<>(Set.of(
            "websocket_active_connections",
            "websocket_messages_received_total",
            "websocket_messages_sent_total",
            "websocket_connections_opened_total",
            "websocket_connections_closed_total",
            "websocket_connections_rejected_total",
            "websocket_auth_total",
            "websocket_connection_limit",
            "websocket_fleet_connections",
            "websocket_rebalanced_total",
            "websocket_slow_consumers_total",
            "websocket_send_queue_bytes",
            "websocket_draining",
            "websocket_drain_closed_total",
            "websocket_recoveries_total",
            "websocket_relay_up",
            "websocket_relay_published_total",
            "websocket_relay_received_total",
            "websocket_relay_errors_total",
            "websocket_defects_total",
            "websocket_relay_lag_seconds_bucket",
            "websocket_relay_lag_seconds_count",
            "websocket_relay_lag_seconds_sum",
            "websocket_fanout_seconds_bucket",
            "websocket_fanout_seconds_count",
            "websocket_fanout_seconds_sum"));

    @Override
    Map<String, String> settings() {
        return Map.of("tidegate.node", "pod-7", "tidegate.limits.connections", "1234");
    }

    @Test
    void theMetricsAreThoseOfTheContractFromTheStart() {
        Set<String> names = new TreeSet<>();
        server.get("/metrics").body().lines().forEach(line -> {
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches() && !sample.group(1).endsWith("_max")) {
                names.add(sample.group(1));
            }
        });
        assertEquals(NAMES, names);
        String body = server.get("/metrics").body();
        for (String series :
                List.of("outcome=\"graceful\"", "outcome=\"forced\"", "outcome=\"complete\"", "outcome=\"lost\"")) {
            assertTrue(body.contains(series), series);
        }
    }

    @Test
    void aKnownTrafficGivesKnownNumbers() {
        try (RawClient ann = RawClient.connect(server.port(), "/");
                RawClient ben = RawClient.connect(server.port(), "/")) {
            double received = server.metric("websocket_messages_received_total");
            double sent = server.metric("websocket_messages_sent_total");
            double published = server.metric("websocket_relay_published_total");
            for (int i = 0; i < 5; i++) {
                ann.text("m" + i);
            }
            for (int i = 0; i < 5; i++) {
                assertEquals("m" + i, ben.message());
                assertEquals("m" + i, ann.message());
            }
            assertEquals(received + 5, server.metric("websocket_messages_received_total"));
            assertEquals(published + 5, server.metric("websocket_relay_published_total"));
            Await.until("ten frames", () -> server.metric("websocket_messages_sent_total") == sent + 10);
            assertTrue(server.metric("websocket_active_connections") >= 2);
            assertEquals(1234, server.metric("websocket_connection_limit"));
            assertEquals(1, server.metric("websocket_relay_up"));
            double fannedOut = server.metric("websocket_fanout_seconds_count");
            assertTrue(fannedOut >= 5);
            // Whole seconds would put everything into this bucket, and nothing into those below it.
            assertEquals(fannedOut, server.metric("websocket_fanout_seconds_bucket", "le=\"1.0\""));
            assertTrue(server.metric("websocket_fanout_seconds_bucket", "le=\"0.25\"") > 0);
            assertTrue(server.metric("websocket_fanout_seconds_sum") < fannedOut);
        }
    }

    @Test
    void aCloseIsCountedByItsCode() {
        double before = server.metric("websocket_connections_closed_total", "code=\"1001\"");
        try (RawClient ann = RawClient.connect(server.port(), "/")) {
            ann.send(io.tidegate.testing.ClientFrames.close(1001, ""));
            ann.awaitEnd();
        }
        Await.until(
                "one more", () -> server.metric("websocket_connections_closed_total", "code=\"1001\"") == before + 1);
    }

    @Test
    void openMetricsIsSpokenWhereItIsAskedFor() {
        HttpResponse<String> response = server.get("/metrics", "Accept", "application/openmetrics-text");
        assertTrue(response.headers().firstValue("Content-Type").orElse("").startsWith("application/openmetrics-text"));
        assertTrue(response.body().contains("# TYPE websocket_messages_received counter"));
        assertTrue(response.body().stripTrailing().endsWith("# EOF"));
        assertTrue(server.get("/metrics")
                .headers()
                .firstValue("Content-Type")
                .orElse("")
                .startsWith("text/plain"));
    }

    @ParameterizedTest
    @CsvSource({"/health,ready", "/health/live,live", "/health/ready,ready", "/health/started,started"})
    void healthIsJsonWithDetails(String path, String check) {
        HttpResponse<String> response = server.get(path);
        assertEquals(200, response.statusCode());
        assertTrue(response.body().startsWith("{\"status\":\"UP\""), response::body);
        assertTrue(response.body().contains("\"name\":\"" + check + "\""), response::body);
    }

    @Test
    void connectionsIsOneNumberThatAScalerCanRead() {
        HttpResponse<String> response = server.get("/connections");
        assertEquals(
                "application/json",
                response.headers().firstValue("Content-Type").orElse(""));
        assertTrue(
                response.body()
                        .matches("\\{\"node\":\"pod-7\",\"connections\":\\d+,\"limit\":1234,\"draining\":false}"),
                response::body);
    }

    @Test
    void fleetIsTheNodeItselfWhereThereIsNoOther() {
        HttpResponse<String> response = server.get("/fleet");
        assertEquals(
                "application/json",
                response.headers().firstValue("Content-Type").orElse(""));
        assertTrue(
                response.body()
                        .matches("\\{\"node\":\"pod-7\",\"intervalMs\":2000,\"nodes\":\\[\\{\"node\":\"pod-7\","
                                + "\"runtime\":\"(se|mp)\",\"connections\":\\d+,\"limit\":1234,"
                                + "\"draining\":false,\"ageMs\":0}]}"),
                response::body);
    }

    /** Twice on one connection: content behind the first answer would be taken for the second. */
    @Test
    void headIsAnsweredAsGetIsWithoutContent() {
        Map<String, Integer> portOf =
                Map.of("/", server.port(), "/connections", server.managementPort(), "/fleet", server.managementPort());
        portOf.forEach((path, port) -> {
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> head = server.head(port, path);
                assertEquals(200, head.statusCode(), path);
                assertTrue(
                        head.headers().firstValueAsLong("Content-Length").orElse(0) > 20, () -> path + head.headers());
            }
        });
        int page = server.getPage("/").body().getBytes(StandardCharsets.UTF_8).length;
        assertEquals(
                page,
                server.head(server.port(), "/")
                        .headers()
                        .firstValueAsLong("Content-Length")
                        .orElse(0));
    }

    @Test
    void theTwoPortsShowNothingOfEachOther() {
        assertEquals(404, server.getPage("/metrics").statusCode());
        assertEquals(404, server.getPage("/connections").statusCode());
        assertEquals(404, server.getPage("/fleet").statusCode());
        assertEquals(404, server.get("/").statusCode());
        assertFalse(server.getPage("/health").statusCode() == 200);
    }
}
