package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.node.Version;
import io.tidegate.testing.Await;
import io.tidegate.testing.RawClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract, sections 2 and 6: what operators, scrapers and scalers ask. */
abstract class ManagementContract extends OneServer {
    /** Seconds; the kernel tells 10 ms apart. A metric in whole seconds is further off, but for a moment in each second. */
    private static final double CPU_TICKS = 0.05;

    @Override
    Map<String, String> settings() {
        return Map.of("tidegate.node", "pod-7", "tidegate.limits.connections", "1234");
    }

    /** Which series there are: {@code MetricsContract}. */
    @Test
    void outcomesAreCountedFromZeroOn() {
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
    void whatRunsIsInALabelAndInTheHealth() {
        String runtime = jar().toString().contains("mp-server") ? "mp" : "se";
        assertEquals(
                1,
                server.metric(
                        "tidegate_build_info",
                        "version=\"" + Version.current() + "\"",
                        "revision=\"" + Version.revision() + "\"",
                        "runtime=\"" + runtime + "\""));
        assertTrue(server.get("/health").body().contains("\"version\":\"" + Version.current() + "\""));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theProcessSaysWhatItCosts() throws IOException {
        double kibibytes = Files.readAllLines(Path.of("/proc", String.valueOf(server.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
        assertEquals(1, server.metric("process_resident_memory_bytes") / 1024 / kibibytes, 0.3);
        assertTrue(server.metric("process_open_fds") > 5);
        assertTrue(server.metric("process_max_fds") >= server.metric("process_open_fds"));
        double before = cpuSeconds();
        double cpu = server.metric("process_cpu_seconds_total");
        double after = cpuSeconds();
        assertTrue(
                cpu >= before - CPU_TICKS && cpu <= after + CPU_TICKS,
                () -> cpu + " s of CPU, the kernel says " + before + " to " + after);
        double now = System.currentTimeMillis() / 1e3;
        assertEquals(now, server.metric("process_start_time_seconds"), 600);
    }

    private double cpuSeconds() {
        Duration cpu = ProcessHandle.of(server.pid())
                .orElseThrow()
                .info()
                .totalCpuDuration()
                .orElseThrow();
        return cpu.toNanos() / 1e9;
    }

    @Test
    void whatClientsSendIsCountedByWhatItIs() {
        String frames = "websocket_frames_received_total";
        String errors = "websocket_error_frames_total";
        try (RawClient ann = RawClient.connect(server.port(), "/chat?topic=kinds")) {
            double received = server.metric("websocket_messages_received_total");
            double invalid = server.metric(frames, "kind=\"invalid\"");
            double publishes = server.metric(frames, "kind=\"publish\"");
            double told = server.metric(errors, "code=\"invalid-json\"");
            double in = server.metric("websocket_received_bytes_total");
            double out = server.metric("websocket_sent_bytes_total");
            ann.text("no JSON");
            int error = ann.message().length();
            ann.text("{\"message\":\"tea\"}");
            int message = ann.message().length();
            assertEquals(received + 1, server.metric("websocket_messages_received_total"));
            assertEquals(invalid + 1, server.metric(frames, "kind=\"invalid\""));
            assertEquals(publishes + 1, server.metric(frames, "kind=\"publish\""));
            assertEquals(told + 1, server.metric(errors, "code=\"invalid-json\""));
            // Heads are of 6 bytes here, and of at least 2 from the server.
            assertEquals(in + 6 + 7 + 6 + 17, server.metric("websocket_received_bytes_total"));
            int texts = error + message;
            Await.until("both frames", () -> server.metric("websocket_sent_bytes_total") >= out + texts + 4);
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
