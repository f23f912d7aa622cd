package io.tidegate.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tidegate.hostile.Attack;
import io.tidegate.hostile.Siege;
import io.tidegate.node.RequestClasses;
import io.tidegate.settings.Settings;
import io.tidegate.settings.SettingsReader;
import io.tidegate.testing.OtlpCollector;
import io.tidegate.testing.RawClient;
import io.tidegate.testing.ServerProcess;
import io.tidegate.testing.TestToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decision 33: no connection is the first to need a class of ours or of a library, whatever it sends. */
abstract class RequestClassesContract {
    private static final Duration SIEGE = Duration.ofSeconds(3);
    private static final Duration START = Duration.ofSeconds(60);

    /** As the JVM logs a class that it has loaded from a file; those of the JDK and those made at run time have none. */
    private static final String FROM_FILE = " source: file:";

    /** Spans are exported by platform threads, which need no carrier. */
    private static final String OF_OTHER_THREADS = "io.opentelemetry.exporter.";

    private static final String COMPRESSES = "Sec-WebSocket-Extensions: permessage-deflate";

    @TempDir
    private Path directory;

    abstract Path jar();

    @Test
    void whatIsListedIsLoadedAtTheStartAndNothingByAConnection() throws IOException, InterruptedException {
        Map<String, String> settings = settings();
        try (ServerProcess server = start(settings)) {
            Set<String> before = loadedAtStart(settings);
            Attack.Ports ports = new Attack.Ports(server.port(), server.managementPort(), server.apiPort());
            new Siege(ports, List.of(Attack.values()), 1).hold(SIEGE);
            goodClient(server, "");
            assertNothingLoadedSince(before);
        }
    }

    @Test
    void theSameHoldsWhereTokensAreCheckedAndRequestsTraced() throws IOException {
        try (OtlpCollector collector = OtlpCollector.start()) {
            Map<String, String> settings = settings();
            settings.putAll(TestToken.settings());
            settings.put("tidegate.auth.presence", "*");
            settings.putAll(collector.settings());
            settings.put("tidegate.tracing.enabled", "true");
            try (ServerProcess server = start(settings)) {
                Set<String> before = loadedAtStart(settings);
                String token = "?access_token=" + TestToken.of("ann").signed();
                try (RawClient stranger = RawClient.connect(server.port(), "/chat" + token + "x")) {
                    stranger.awaitEnd();
                }
                goodClient(server, token);
                assertNothingLoadedSince(before);
            }
        }
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(ApiClient.settings());
        settings.put("tidegate.compression", "true");
        return settings;
    }

    private ServerProcess start(Map<String, String> settings) {
        List<String> options = List.of("-XX:AOTMode=off", "-Xlog:class+load:file=" + log() + ":none:filesize=0");
        return ServerProcess.start(jar(), settings, START, options);
    }

    private Path log() {
        return directory.resolve("classes.txt");
    }

    private Set<String> loadedAtStart(Map<String, String> settings) throws IOException {
        Set<String> loaded = loaded();
        Settings read = SettingsReader.read(settings, Map.of());
        Set<String> unknown =
                new TreeSet<>(RequestClasses.names(read, getClass().getClassLoader()));
        unknown.removeAll(loaded);
        assertEquals(Set.of(), unknown, "listed, and not loaded");
        return loaded;
    }

    private void assertNothingLoadedSince(Set<String> before) throws IOException {
        Set<String> missing = new TreeSet<>(loaded());
        missing.removeAll(before);
        assertEquals(Set.of(), missing, "to be added to a file META-INF/tidegate/request-classes*.txt");
    }

    /** What others use: both wires, presence, the API, and what operators and browsers ask. */
    private static void goodClient(ServerProcess server, String query) {
        try (FullClient ann =
                        FullClient.connect(server.port(), query, COMPRESSES, "Sec-WebSocket-Protocol: tidegate.v1");
                RawClient broadcast = RawClient.connect(server.port(), "/" + query)) {
            broadcast.text("hello");
            ann.says("{\"type\":\"subscribe\",\"topic\":\"room\",\"last\":10,\"presence\":true}");
            ann.publish("room", "first", "an-id");
            ann.says("{\"type\":\"unsubscribe\",\"topic\":\"room\"}");
            ann.says("{\"type\":\"ping\"}");
        }
        ApiClient api = new ApiClient(server);
        String position = api.publish("room", "{\"message\":\"second\"}").position();
        api.get("/api/topics/room/messages?after=" + position);
        api.get("/api/topics/room/presence");
        api.get("/api/topics");
        api.get("/api/connections");
        for (String path : List.of("/health", "/health/ready", "/metrics", "/fleet", "/connections")) {
            server.get(path);
        }
    }

    private Set<String> loaded() throws IOException {
        try (Stream<String> lines = Files.lines(log())) {
            return lines.filter(line -> line.contains(FROM_FILE))
                    .filter(line -> !line.startsWith(OF_OTHER_THREADS))
                    .map(line -> line.substring(0, line.indexOf(FROM_FILE)))
                    .collect(Collectors.toSet());
        }
    }
}
