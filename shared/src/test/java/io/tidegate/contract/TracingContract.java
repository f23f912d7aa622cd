package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.OtlpCollector;
import io.tidegate.testing.OtlpCollector.Span;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import io.tidegate.testing.TestToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What docs/tracing.md says of two servers that trace, one that does not, and a collector. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class TracingContract {
    private static final String FULL = "Sec-WebSocket-Protocol: tidegate.v1";
    private static final String PARENT = "00f067aa0ba902b7";

    private final RedisServer redis = RedisServer.start();
    private final OtlpCollector collector = OtlpCollector.start();
    private final OtlpCollector idle = OtlpCollector.start();
    private Path loaded;
    private ServerProcess east;
    private ServerProcess west;
    private ServerProcess silent;

    abstract Path jar();

    private Map<String, String> settings(String node, boolean traces) {
        Map<String, String> settings = new HashMap<>(ApiClient.settings());
        settings.putAll((traces ? collector : idle).settings());
        settings.put("tidegate.tracing.enabled", String.valueOf(traces));
        settings.put("tidegate.node", node);
        settings.put("tidegate.relay.url", redis.url().toString());
        settings.put("tidegate.drain.notice", "0s");
        settings.put("tidegate.drain.window", "0s");
        settings.putAll(TestToken.settings());
        return settings;
    }

    @BeforeAll
    void start(@TempDir Path folder) {
        loaded = folder.resolve("classes");
        east = ServerProcess.start(jar(), settings("east", true));
        west = ServerProcess.start(jar(), settings("west", true));
        List<String> classes = List.of("-Xlog:class+load=info:file=" + loaded);
        silent = ServerProcess.start(jar(), settings("silent", false), Duration.ofSeconds(60), classes);
        for (ServerProcess server : new ServerProcess[] {east, west, silent}) {
            Await.until("ready", () -> server.get("/health/ready").statusCode() == 200);
        }
    }

    @AfterAll
    void stop() {
        east.close();
        west.close();
        silent.close();
        collector.close();
        idle.close();
        redis.close();
    }

    @Test
    void aPublishOfABackEndIsOneTraceToTheSubscribersOfOtherNodes() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        try (FullClient far = subscribed(west, "news");
                FullClient untraced = subscribed(silent, "news")) {
            new ApiClient(east).publish("news", "\"a secret of somebody\"", "traceparent", traceparent(trace));
            assertEquals("a secret of somebody", far.expect("message").message());
            assertEquals("a secret of somebody", untraced.expect("message").message());

            Span publish = awaitSpan(trace, "east", "publish");
            Span relay = awaitSpan(trace, "east", "relay");
            Span deliver = awaitSpan(trace, "west", "deliver");
            assertEquals(PARENT, publish.parentId());
            assertEquals(publish.spanId(), relay.parentId());
            assertEquals(publish.spanId(), deliver.parentId());
            for (Span span : new Span[] {publish, relay, deliver}) {
                assertEquals(
                        Map.of("messaging.destination.name", "news", "messaging.system", "tidegate"),
                        span.attributes());
                assertEquals("", span.failure());
                assertTrue(
                        span.nanos() > 0 && span.nanos() < Duration.ofSeconds(5).toNanos(), span::toString);
            }
            assertEquals(3, of(trace).count());
        }
    }

    @Test
    void whoDoesNotTraceSendsNothingToACollectorAndNothingToOtherNodes() {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        try (FullClient far = subscribed(west, "untold");
                FullClient near = subscribed(silent, "untold")) {
            new ApiClient(silent).publish("untold", "1", "traceparent", traceparent(trace));
            far.expect("message");
            near.expect("message");
            // What is published next comes behind all that could be sent of the first.
            new ApiClient(east).publish("untold", "2", "traceparent", traceparent("1" + trace.substring(1)));
            awaitSpan("1" + trace.substring(1), "west", "deliver");
            assertEquals(0, of(trace).count());
            assertEquals(0, idle.requests());
        }
    }

    /** What it costs where it is off: nothing. */
    @Test
    void whoDoesNotTraceLoadsNoClassOfOpenTelemetry() throws IOException {
        try (Stream<String> lines = Files.lines(loaded)) {
            assertEquals(
                    List.of(),
                    lines.filter(line -> line.contains("opentelemetry")).toList());
        }
    }

    @Test
    void aVariableThatCannotBeUsedIsNamedAndEndsTheStart() {
        Map<String, String> settings = settings("wrong", true);
        settings.put("otel.traces.sampler", "nonsense");
        try (ServerProcess server = ServerProcess.startInVain(jar(), settings)) {
            assertTrue(
                    server.output()
                            .contains(
                                    "tidegate.tracing.enabled is set, and a variable of OpenTelemetry (OTEL_*) cannot be used;"
                                            + " allowed is what docs/tracing.md lists: Unrecognized value for otel.traces.sampler: nonsense"),
                    server::output);
            assertFalse(server.output().contains("\tat "), server::output);
        }
    }

    @Test
    void aHandshakeContinuesTheTraceThatItNamesAndSaysWhyItWasRefused() {
        String trace = "5bf92f3577b34da6a3ce929d0e0e4736";
        String other = "6bf92f3577b34da6a3ce929d0e0e4736";
        FullClient.connect(east.port(), "?topic=a&access_token=" + token(), FULL, "traceparent: " + traceparent(trace))
                .close();
        try (RawClient refused = new RawClient(east.port())) {
            assertEquals(
                    401,
                    refused.handshake("/chat", "traceparent: " + traceparent(other))
                            .status());
        }
        Span accepted = awaitSpan(trace, "east", "handshake");
        assertEquals(PARENT, accepted.parentId());
        assertEquals("", accepted.failure());
        assertEquals(Map.of(), accepted.attributes());
        assertEquals("refused: 401", awaitSpan(other, "east", "handshake").failure());
    }

    @Test
    void aClientsPublishIsATraceOfItsOwn() {
        try (FullClient client = subscribed(east, "own")) {
            client.publishHere("own", "hello", "one");
            Await.until(
                    "its spans",
                    () -> collector.spans().stream()
                            .anyMatch(span -> span.name().equals("publish")
                                    && "own".equals(span.attributes().get("messaging.destination.name"))
                                    && span.parentId().isEmpty()));
        }
    }

    @Test
    void theDrainIsASpanWhichIsSentBeforeTheProcessEnds() {
        try (ServerProcess leaving = ServerProcess.start(jar(), settings("leaving", true))) {
            leaving.terminate();
            assertEquals(0, leaving.awaitExit(Duration.ofSeconds(20)), leaving::output);
            assertTrue(
                    collector.spans().stream()
                            .anyMatch(span ->
                                    span.node().equals("leaving") && span.name().equals("drain")),
                    () -> collector.spans().toString());
        }
    }

    @Test
    void noTokenNoUserAndNoMessageIsInASpan() {
        try (FullClient client = subscribed(east, "private")) {
            client.publishHere("private", "hello-secret", "two");
            Await.until("a span of it", () -> collector.spans().toString().contains("private"));
            String all = collector.spans().toString();
            assertFalse(all.contains("hello-secret") || all.contains("eyJ") || all.contains("ann"), all);
        }
    }

    private static FullClient subscribed(ServerProcess server, String topic) {
        FullClient client = FullClient.connect(server.port(), "?topic=" + topic + "&access_token=" + token(), FULL);
        client.expect("subscribed");
        return client;
    }

    private static String token() {
        return TestToken.of("ann").signed();
    }

    private static String traceparent(String trace) {
        return "00-" + trace + "-" + PARENT + "-01";
    }

    private Stream<Span> of(String trace) {
        return collector.spans().stream().filter(span -> span.traceId().equals(trace));
    }

    private Span awaitSpan(String trace, String node, String name) {
        Await.until(
                () -> name + " of " + node + " among " + collector.spans(),
                Duration.ofSeconds(10),
                () -> of(trace)
                        .anyMatch(
                                span -> span.node().equals(node) && span.name().equals(name)));
        return of(trace)
                .filter(span -> span.node().equals(node) && span.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
