package io.tidegate.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidegate.check.Checker;
import io.tidegate.check.Journal;
import io.tidegate.testing.Await;
import io.tidegate.testing.FreePort;
import io.tidegate.testing.Program;
import io.tidegate.testing.RedisServer;
import io.tidegate.testing.ServerProcess;
import io.tidegate.workload.Ending;
import io.tidegate.workload.Profile;
import io.tidegate.workload.VirtualUsers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The proxies' files that we ship, each in front of two servers on SE and one on MP. The servers have an address each and
 * the same ports, as in the containers for which the files are written.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProxiesIT {
    private static final int CLIENTS = 30;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern NODE = Pattern.compile("\"node\":\"([^\"]+)\"");
    private static final Map<String, String> ADDRESSES =
            new TreeMap<>(Map.of("se-1", "127.0.0.2", "se-2", "127.0.0.3", "mp-1", "127.0.0.4"));

    private final HttpClient http = HttpClient.newHttpClient();
    private final RedisServer redis = RedisServer.start();
    private final int port = FreePort.find();
    private final int managementPort = FreePort.find();
    private final int door = FreePort.find();
    private List<ServerProcess> stay = List.of();

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path directory;

    @BeforeAll
    void start() {
        stay = Stream.of("se-1", "mp-1").parallel().map(this::server).toList();
    }

    @AfterAll
    void stop() {
        stay.forEach(ServerProcess::close);
        redis.close();
    }

    @Test
    void haproxyTakesEveryServerForUpAndMovesClientsWithoutLoss() throws Exception {
        assumeTrue(isInstalled("haproxy"), "haproxy");
        int stats = FreePort.find();
        Map<String, String> names = names(Map.of(
                "bind :8080", "bind 127.0.0.1:" + door,
                "bind :8404", "bind 127.0.0.1:" + stats,
                "check port 9090", "check port " + managementPort));
        try (ServerProcess leaving = server("se-2");
                Program front = start("haproxy.cfg", names, "haproxy", "-db", "-f", "FILE")) {
            await(front, "every server is up", () -> up(stats).equals(ADDRESSES.keySet()));
            assertClientsMoveWithoutLoss(front, leaving, true);
            await(front, "the server that left is down", () -> up(stats).equals(Set.of("se-1", "mp-1")));
        }
    }

    /** In front of servers that speak TLS themselves, it passes on what it cannot read, and sees who leaves. */
    @Test
    void haproxyPassesTlsOn() throws Exception {
        assumeTrue(isInstalled("haproxy"), "haproxy");
        Map<String, String> addresses = Map.of("se-1", "127.0.0.5", "se-2", "127.0.0.6", "mp-1", "127.0.0.7");
        Map<String, String> names = new LinkedHashMap<>(
                Map.of("bind :8080", "bind 127.0.0.1:" + door, "check port 9090", "check port " + managementPort));
        addresses.forEach((name, address) -> names.put(name + ":8080", address + ":" + port));
        OwnCertificate certificate = OwnCertificate.make(jar("se"), directory);
        Map<String, ServerProcess> servers = new ConcurrentHashMap<>();
        addresses.entrySet().parallelStream()
                .forEach(
                        one -> servers.put(one.getKey(), server(one.getKey(), one.getValue(), certificate.settings())));
        HttpClient trusting =
                HttpClient.newBuilder().sslContext(certificate.context()).build();
        try (Program front = start("haproxy-tls.cfg", names, "haproxy", "-db", "-f", "FILE")) {
            Supplier<Set<String>> nodes = () -> Stream.generate(() -> newcomer(trusting, "wss://localhost:" + door))
                    .limit(12)
                    .collect(Collectors.toSet());
            await(front, "every server is chosen", () -> nodes.get().equals(addresses.keySet()));
            Objects.requireNonNull(servers.get("se-2")).terminate();
            AtomicReference<Set<String>> seen = new AtomicReference<>();
            Await.until(() -> "the server that left is not chosen, but " + seen.get(), LIMIT, () -> {
                seen.set(nodes.get());
                return Set.of("se-1", "mp-1").equals(seen.get());
            });
        } finally {
            // Its close would wait for WebSockets whose close frame has not been answered.
            trusting.shutdownNow();
            servers.values().forEach(ServerProcess::close);
        }
    }

    @Test
    void nginxServesTheChatAndMovesClientsWithoutLoss() throws Exception {
        assumeTrue(isInstalled("nginx"), "nginx");
        Map<String, String> names = names(Map.of("listen 8080", "listen 127.0.0.1:" + door));
        String process = "daemon off; pid DIRECTORY/nginx.pid;";
        try (ServerProcess leaving = server("se-2");
                Program front = start("nginx.conf", names, "nginx", "-e", "stderr", "-g", process, "-c", "FILE")) {
            assertClientsMoveWithoutLoss(front, leaving, true);
        }
    }

    @Test
    void caddyServesTheChatAndMovesClientsWithoutLoss() throws Exception {
        assumeTrue(isInstalled("caddy"), "caddy");
        Map<String, String> names = names(Map.of(
                "\n:8080 {", "\nhttp://127.0.0.1:" + door + " {",
                "health_port 9090", "health_port " + managementPort));
        try (ServerProcess leaving = server("se-2");
                Program front =
                        start("Caddyfile", names, "caddy", "run", "--adapter", "caddyfile", "--config", "FILE")) {
            assertClientsMoveWithoutLoss(front, leaving, false);
        }
    }

    /** @param triesAnother whether a handshake that one server refuses goes to another, so that no client sees it */
    private void assertClientsMoveWithoutLoss(Program front, ServerProcess leaving, boolean triesAnother)
            throws InterruptedException {
        await(front, "the page", () -> page() == 200);
        await(front, "every server is chosen", () -> newcomers(12).equals(ADDRESSES.keySet()));
        Journal journal = new Journal();
        Profile profile = Profile.of(List.of(URI.create("ws://127.0.0.1:" + door)), 6);
        try (VirtualUsers virtualUsers = new VirtualUsers(profile, journal)) {
            virtualUsers.resize(CLIENTS, 100);
            await(front, "every client is live", virtualUsers::isWhole);
            // By least connections; a few may have come before the proxy had counted those before.
            Map<String, Integer> nodes = virtualUsers.snapshot().nodes();
            assertEquals(ADDRESSES.keySet(), nodes.keySet(), front::said);
            assertTrue(nodes.values().stream().allMatch(count -> count >= CLIENTS / 5), nodes::toString);
            virtualUsers.rate(60);
            await(front, "traffic", () -> journal.acknowledged() > 60);

            leaving.terminate();
            await(front, "se-2 drains", () -> readiness("se-2") == 503);
            if (!triesAnother) {
                await(
                        front,
                        "the proxy has seen it",
                        () -> Set.of("se-1", "mp-1").containsAll(newcomers(20)));
            }
            assertTrue(Set.of("se-1", "mp-1").containsAll(newcomers(12)), front::said);
            assertEquals(0, leaving.awaitExit(LIMIT));
            assertTrue(leaving.output().contains("left gracefully, 0 were cut"), leaving::output);

            virtualUsers.rate(0);
            assertEquals(
                    List.of(),
                    new Ending(journal, virtualUsers).level(virtualUsers::pending, virtualUsers::isWhole, LIMIT));
            assertEquals(List.of(), Checker.check(journal, true).defects());
            assertEquals(0, journal.gaps());
            assertTrue(virtualUsers.reconnects().total() >= nodes.getOrDefault("se-2", 0), "those of se-2 have moved");
        }
    }

    /** Which nodes take these handshakes; a status where one of them was refused. */
    private Set<String> newcomers(int count) {
        return Stream.generate(() -> newcomer(http, "ws://127.0.0.1:" + door))
                .limit(count)
                .collect(Collectors.toSet());
    }

    private static String newcomer(HttpClient http, String url) {
        CompletableFuture<String> welcome = new CompletableFuture<>();
        WebSocket.Listener listener = new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                NODE.matcher(text).results().forEach(found -> welcome.complete(found.group(1)));
                var unused = socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
                return welcome;
            }
        };
        var unused = http.newWebSocketBuilder()
                .subprotocols("tidegate.v1")
                .buildAsync(URI.create(url + "/chat"), listener)
                .whenComplete((socket, failure) -> {
                    if (failure != null) {
                        welcome.complete(failure.toString());
                    }
                });
        return Await.value("a handshake", LIMIT, welcome);
    }

    private static boolean isInstalled(String program) {
        return Program.find(program).isPresent();
    }

    /**
     * Starts a proxy from the file that we ship; only names and ports are others.
     *
     * @param file of {@code docker/}
     * @param names what stands there, each at least once, and what is to stand there
     * @param arguments {@code DIRECTORY} and {@code FILE} stand for what they say
     */
    private Program start(String file, Map<String, String> names, String program, String... arguments)
            throws IOException {
        String shipped = Files.readString(Path.of("../docker", file));
        String own = shipped;
        for (Map.Entry<String, String> name : names.entrySet()) {
            assertTrue(shipped.contains(name.getKey()), () -> name.getKey() + " is not in\n" + shipped);
            own = own.replace(name.getKey(), name.getValue());
        }
        Path written = Files.writeString(directory.resolve(file), own);
        return Program.start(
                directory,
                program,
                Stream.of(arguments)
                        .map(word ->
                                word.replace("DIRECTORY", directory.toString()).replace("FILE", written.toString()))
                        .toList());
    }

    /** These, and the servers' addresses. */
    private Map<String, String> names(Map<String, String> own) {
        Map<String, String> names = new LinkedHashMap<>(own);
        ADDRESSES.forEach((name, address) -> names.put(name + ":8080", address + ":" + port));
        return names;
    }

    private ServerProcess server(String name) {
        return server(name, ADDRESSES.getOrDefault(name, ""), Map.of());
    }

    private ServerProcess server(String name, String address, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("tidegate.node", name);
        settings.put("tidegate.host", address);
        settings.put("tidegate.port", String.valueOf(port));
        settings.put("tidegate.management.port", String.valueOf(managementPort));
        settings.put("tidegate.relay.url", redis.url().toString());
        settings.put("tidegate.drain.notice", "3s");
        settings.put("tidegate.drain.window", "3s");
        ServerProcess server = ServerProcess.start(jar(name.substring(0, 2)), settings);
        // A proxy that finds it unready takes connections to it until its first check, and none from there to the
        // second.
        Await.until(name + " is ready", LIMIT, () -> readinessAt(address) == 200);
        return server;
    }

    private static Path jar(String runtime) {
        return Path.of("../%s-server/target/tidegate-%s-server.jar".formatted(runtime, runtime));
    }

    private int readiness(String name) {
        return readinessAt(ADDRESSES.getOrDefault(name, ""));
    }

    private int readinessAt(String address) {
        return status("http://%s:%d/health/ready".formatted(address, managementPort));
    }

    /** The servers that HAProxy takes for up, by its own view. */
    private Set<String> up(int stats) {
        return body("http://127.0.0.1:" + stats + "/;csv")
                .lines()
                .map(line -> List.of(line.split(",", -1)))
                .filter(line ->
                        line.getFirst().equals("servers") && !line.get(1).equals("BACKEND"))
                .filter(line -> line.get(17).equals("UP"))
                .map(line -> line.get(1))
                .collect(Collectors.toSet());
    }

    private int page() {
        return status("http://127.0.0.1:" + door + "/");
    }

    private int status(String url) {
        return ask(url).map(HttpResponse::statusCode).findFirst().orElse(0);
    }

    private String body(String url) {
        return ask(url).map(HttpResponse::body).collect(Collectors.joining());
    }

    private Stream<HttpResponse<String>> ask(String url) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT).build();
        try {
            return Stream.of(http.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return Stream.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Stream.empty();
        }
    }

    private static void await(Program front, String what, BooleanSupplier condition) {
        Await.until(() -> what + "; the proxy said:\n" + front.said(), LIMIT, condition);
    }
}
