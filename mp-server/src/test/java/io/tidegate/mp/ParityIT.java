package io.tidegate.mp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tidegate.testing.Await;
import io.tidegate.testing.ClientFrames;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.RawClient.Response;
import io.tidegate.testing.ServerProcess;
import io.tidegate.testing.TestToken;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both runtimes side by side: what one puts out, the other does, but for what this names. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ParityIT {
    private static final Map<String, String> SETTINGS = Map.of(
            "tidegate.node", "pod-7",
            "tidegate.limits.connections", "3",
            "tidegate.origins", "https://chat.example",
            "tidegate.drain.notice", "0s",
            "tidegate.drain.window", "0s");

    /** Each framework's own name for the label. */
    private static final Pattern SCOPE = Pattern.compile("(?:mp_)?scope=\"application\",?");

    /** Of a histogram only how many there were is known beforehand, and rounds of the write loop follow time. */
    private static final Pattern DURATION =
            Pattern.compile("(websocket_(?:[a-z]+_seconds_(?:bucket.*|sum.*|max.*)|write_rounds_total)) \\S+");

    private static final Pattern TIME_AND_PORTS = Pattern.compile(
            "^\\d{4}-\\d\\d-\\d\\dT\\S+ |localhost:\\d+|in \\d+ ms|(?<=page )\\d+(?=, management )|(?<=, management )\\d+");

    private ServerProcess se;
    private ServerProcess mp;

    @BeforeAll
    void start() {
        se = ServerProcess.start(Jars.SE, SETTINGS);
        mp = ServerProcess.start(Jars.MP, SETTINGS);
    }

    @AfterAll
    void stop() {
        se.close();
        mp.close();
    }

    @Test
    void metricsHaveTheSameNamesHelpAndValuesAfterTheSameTraffic() {
        same(server -> {
            try (ServerProcess fresh = ServerProcess.start(server.equals(se) ? Jars.SE : Jars.MP, SETTINGS)) {
                converse(fresh);
                return websocketMetrics(fresh.get("/metrics").body());
            }
        });
    }

    @Test
    void openMetricsIsTheSame() {
        same(server -> {
            HttpResponse<String> response = server.get("/metrics", "Accept", "application/openmetrics-text");
            return response.headers().firstValue("Content-Type") + "\n" + withoutValues(response.body());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/health/live", "/health/ready", "/health/started", "/connections", "/nowhere"})
    void whatOperatorsAskIsAnsweredInTheSameWords(String path) {
        same(server -> show(server.get(path)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/chat", "/nowhere", "/metrics"})
    void whatIsNoHandshakeIsAnsweredInTheSameWords(String path) {
        same(server -> show(server.getPage(path)));
    }

    static Stream<List<String>> refused() {
        return Stream.of(
                List.of("GET / HTTP/1.1", "Origin: https://evil.example"),
                List.of("GET /chat?topic=a&topic=b HTTP/1.1"),
                List.of("GET /nowhere HTTP/1.1"),
                List.of("POST / HTTP/1.1", "Content-Length: 0"),
                List.of("GET / HTTP/1.0"),
                List.of("GET / HTTP/1.1", "Sec-WebSocket-Key: short"),
                List.of("GET / HTTP/1.1", "Sec-WebSocket-Version: 8"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aRefusedHandshakeGetsTheSameStatusHeadersAndBody(List<String> lines) {
        same(server -> {
            Response response = handshake(server, lines);
            assertFalse(response.status() == 101, "it is to be refused");
            return show(response);
        });
    }

    @Test
    void aFullNodeRefusesInTheSameWords() {
        same(server -> {
            try (ServerProcess full = ServerProcess.start(
                            server.equals(se) ? Jars.SE : Jars.MP, Map.of("tidegate.limits.connections", "1"));
                    RawClient first = RawClient.connect(full.port(), "/")) {
                first.send(ClientFrames.ping(""));
                first.frame();
                return show(handshake(full, List.of("GET / HTTP/1.1")));
            }
        });
    }

    @Test
    void aClosedServerRefusesInTheSameWords() {
        String secret = TestToken.SECRET;
        String forged = TestToken.of("ann").signed("another-secret-of-more-than-32-bytes!");
        String expired =
                TestToken.of("ann", System.currentTimeMillis() / 1000 - 60).signed();
        String good = TestToken.of("ann").signed();
        same(server -> {
            try (ServerProcess closed = ServerProcess.start(
                    server.equals(se) ? Jars.SE : Jars.MP, Map.of("tidegate.auth.secret", secret))) {
                StringBuilder answers = new StringBuilder();
                for (List<String> request : List.of(
                        List.of("GET / HTTP/1.1"),
                        List.of("GET /chat HTTP/1.1", "Authorization: Bearer garbage"),
                        List.of("GET /chat HTTP/1.1", "Authorization: Bearer " + forged),
                        List.of("GET /chat HTTP/1.1", "Authorization: Bearer " + expired),
                        List.of("GET /chat?topic=secret HTTP/1.1", "Authorization: Bearer " + good),
                        List.of("GET /?access_token=" + expired + " HTTP/1.1"))) {
                    answers.append(show(handshake(closed, request))).append('\n');
                }
                return answers.toString();
            }
        });
    }

    @Test
    void anAcceptedHandshakeIsTheSame() {
        same(server -> show(handshake(server, List.of("GET / HTTP/1.1"))));
    }

    /** Jakarta WebSocket's container has limits of its own, of which 4 MiB is the largest. */
    @Test
    void aMessageAsLargeAsTheLimitAllowsComesBack() {
        Map<String, String> settings = Map.of("tidegate.limits.message", "5MiB", "tidegate.limits.queue", "16MiB");
        same(server -> {
            try (ServerProcess large = ServerProcess.start(server.equals(se) ? Jars.SE : Jars.MP, settings);
                    RawClient client = RawClient.connect(large.port(), "/")) {
                String text = "ü".repeat(5 << 19);
                client.text(text);
                assertEquals(text, client.message());
                client.send(ClientFrames.binary(new byte[(5 << 20) + 1]));
                return String.valueOf(client.frame().closeCode());
            }
        });
    }

    @Test
    void badSettingsAreTheSameLinesAndExitCode() {
        Map<String, String> bad = Map.of(
                "tidegate.heartbeat", "soon",
                "tidegate.limits.conections", "1",
                "tidegate.port", "tcp://10.0.0.1:8080",
                "tidegate.relay.password", "hunter2");
        assertEquals(inVain(Jars.SE, bad), inVain(Jars.MP, bad));
        Map<String, String> missing = Map.of("tidegate.relay.config", "/nowhere/redisson.yaml");
        assertEquals(inVain(Jars.SE, missing), inVain(Jars.MP, missing));
        Map<String, String> taken = Map.of("tidegate.port", String.valueOf(se.port()));
        assertEquals(inVain(Jars.SE, taken), inVain(Jars.MP, taken));
    }

    @Test
    void whatIsLoggedFromStartToEndIsTheSame() {
        assertEquals(life(Jars.SE, "Helidon SE"), life(Jars.MP, "Helidon MP"));
    }

    @Test
    void aMicroProfileScraperFindsItsScopes() {
        String application = mp.get("/metrics?scope=application").body();
        assertTrue(application.contains("websocket_active_connections{mp_scope=\"application\""), application);
        assertFalse(application.contains("mp_scope=\"base\""), application);
        String base = mp.get("/metrics?scope=base").body();
        assertTrue(base.contains("mp_scope=\"base\""), base);
        assertFalse(base.contains("websocket_"), base);
        assertEquals(200, mp.get("/metrics?scope=vendor").statusCode());
        assertTrue(mp.get("/metrics?scope=application&name=websocket_draining")
                .body()
                .contains("websocket_draining"));
    }

    private void same(Function<ServerProcess, String> seen) {
        assertEquals(seen.apply(se), seen.apply(mp), "SE's, and MP's");
    }

    /** Three connect and are refused a fourth, five messages and a ping go, two leave in order and one vanishes. */
    private static void converse(ServerProcess server) {
        RawClient ann = RawClient.connect(server.port(), "/");
        RawClient ben = RawClient.connect(server.port(), "/");
        RawClient cid = RawClient.connect(server.port(), "/chat?topic=tea");
        assertEquals(503, handshake(server, List.of("GET / HTTP/1.1")).status());
        assertEquals(
                403,
                handshake(server, List.of("GET / HTTP/1.1", "Origin: https://evil.example"))
                        .status());
        for (int i = 0; i < 5; i++) {
            ann.text("m" + i);
            assertEquals("m" + i, ann.message());
            assertEquals("m" + i, ben.message());
        }
        cid.text("no JSON");
        assertTrue(cid.message().contains("invalid-json"));
        ben.send(ClientFrames.ping("still there?"));
        assertEquals("still there?", ben.frame().text());
        ann.send(ClientFrames.close(1000, ""));
        ann.awaitEnd();
        cid.send(ClientFrames.frame(3, new byte[1]).bytes());
        assertEquals(1002, cid.closed().closeCode());
        ben.reset();
        Await.until("nobody is left", () -> server.metric("websocket_active_connections") == 0);
        ann.close();
        cid.close();
    }

    private static String websocketMetrics(String body) {
        List<String> lines = withoutScope(body)
                .map(line -> DURATION.matcher(line).replaceFirst("$1"))
                .toList();
        assertTrue(lines.contains("websocket_messages_received_total 5.0"), lines::toString);
        return String.join("\n", lines);
    }

    private static String withoutValues(String body) {
        return withoutScope(body)
                .map(line -> line.startsWith("#") ? line : line.substring(0, line.lastIndexOf(' ')))
                .collect(Collectors.joining("\n"));
    }

    private static Stream<String> withoutScope(String body) {
        return body.lines()
                .filter(line -> line.contains("websocket_"))
                .map(line ->
                        SCOPE.matcher(line).replaceFirst("").replace(",}", "}").replace("{}", ""))
                .sorted();
    }

    private static Response handshake(ServerProcess server, List<String> lines) {
        Map<String, String> headers = new TreeMap<>(Map.of(
                "Host", "localhost",
                "Upgrade", "websocket",
                "Connection", "Upgrade",
                "Sec-WebSocket-Key", RawClient.KEY,
                "Sec-WebSocket-Version", "13"));
        lines.stream().skip(1).forEach(line -> headers.put(line.split(": ")[0], line.split(": ")[1]));
        List<String> request = Stream.concat(
                        Stream.of(lines.getFirst()),
                        headers.entrySet().stream().map(header -> header.getKey() + ": " + header.getValue()))
                .toList();
        try (RawClient client = new RawClient(server.port())) {
            return client.request(request);
        }
    }

    private static String show(Response response) {
        Map<String, String> headers = new TreeMap<>(response.headers());
        headers.remove("date");
        return response.status() + "\n" + headers + "\n" + response.body();
    }

    private static String show(HttpResponse<String> response) {
        HttpHeaders headers = HttpHeaders.of(response.headers().map(), (name, value) -> !name.equals("date"));
        return response.statusCode() + "\n" + headers.map() + "\n" + response.body();
    }

    private static String inVain(Path jar, Map<String, String> settings) {
        try (ServerProcess server = ServerProcess.startInVain(jar, settings)) {
            return server.awaitExit(Duration.ZERO) + "\n" + server.output();
        }
    }

    private static String life(Path jar, String runtime) {
        try (ServerProcess server = ServerProcess.start(jar, SETTINGS);
                RawClient client = RawClient.connect(server.port(), "/")) {
            server.terminate();
            assertTrue(client.message().contains("server-shutdown"));
            assertEquals(1012, client.closed().closeCode());
            int code = server.awaitExit(Duration.ofSeconds(10));
            assertTrue(server.output().contains(runtime), server::output);
            return code + "\n"
                    + server.output()
                            .replace(runtime, "?")
                            .lines()
                            .map(line -> TIME_AND_PORTS.matcher(line).replaceAll(""))
                            .reduce("", (all, line) -> all + line + "\n");
        }
    }
}
